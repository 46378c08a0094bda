"""Ray Serve on one machine: its gRPC proxy in front of one replica; sessions and logs go to the working directory.

server.py GRPC_PORT,HTTP_PORT,... name=path...
"""

import os
import signal
import sys
from pathlib import Path

os.environ.update(
    PYTHONPATH=str(Path(__file__).parent),
    RAY_AUTH_MODE="disabled",
    RAY_DEDUP_LOGS="0",
    RAY_USAGE_STATS_ENABLED="0",
)

import ray  # noqa: E402
from deployment import Onnx  # noqa: E402
from ray import serve  # noqa: E402
from ray.serve.config import gRPCOptions  # noqa: E402

ports, *rest = sys.argv[1:]
grpc_port, http_port, _ = (int(port) for port in ports.split(","))
ray.init(
    num_cpus=2,
    include_dashboard=False,
    object_store_memory=200 << 20,
    log_to_driver=False,
    _temp_dir=os.getcwd(),
)
servicer = "tritonclient.grpc.service_pb2_grpc.add_GRPCInferenceServiceServicer_to_server"
serve.start(
    grpc_options=gRPCOptions(port=grpc_port, grpc_servicer_functions=[servicer]),
    http_options={"host": "127.0.0.1", "port": http_port},
)
serve.run(Onnx.bind(dict(model.split("=", 1) for model in rest)), name="default", route_prefix="/")
signal.sigwait([signal.SIGTERM, signal.SIGINT])
serve.shutdown()
ray.shutdown()
