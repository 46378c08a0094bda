"""Becomes `bentoml serve` of service.py; the working directory is its home.

server.py PORT,... [--batching] name=path...
"""

import os
import sys
from pathlib import Path

ports, *rest = sys.argv[1:]
os.environ.update(
    PEER_MODELS=" ".join(model for model in rest if model != "--batching"),
    PEER_BATCHING="1" if "--batching" in rest else "0",
    BENTOML_HOME=os.getcwd(),
    BENTOML_DO_NOT_TRACK="True",
)
here = Path(__file__).parent
port = ports.split(",")[0]
program = str(Path(sys.executable).parent / "bentoml")
arguments = ["serve", "service:Service", "--working-dir", str(here), "--host", "127.0.0.1", "--port", port]
os.execv(program, [program, *arguments])
