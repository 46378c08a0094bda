"""Writes MLServer's settings into the working directory, and becomes `mlserver start`.

server.py GRPC_PORT,HTTP_PORT,METRICS_PORT [--batching] name=path...
"""

import json
import os
import sys
from pathlib import Path

BATCHING = {"max_batch_size": 32, "max_batch_time": 0.005}

ports, *rest = sys.argv[1:]
grpc_port, http_port, metrics_port = (int(port) for port in ports.split(","))
settings = {
    "debug": False,
    "host": "127.0.0.1",
    "grpc_port": grpc_port,
    "http_port": http_port,
    "metrics_port": metrics_port,
    # The default: models run in a process of their own.
    "parallel_workers": 1,
    "grpc_max_message_length": 64 << 20,
}
Path("settings.json").write_text(json.dumps(settings))
for name, path in (model.split("=", 1) for model in rest if model != "--batching"):
    folder = Path(name)
    folder.mkdir(exist_ok=True)
    model = {"name": name, "implementation": "onnx_runtime.OnnxModel", "parameters": {"uri": path}}
    (folder / "model-settings.json").write_text(json.dumps(model | (BATCHING if "--batching" in rest else {})))
os.environ["PYTHONPATH"] = str(Path(__file__).parent)
program = str(Path(sys.executable).parent / "mlserver")
os.execv(program, [program, "start", "."])
