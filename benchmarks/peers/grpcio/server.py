"""The plainest gRPC server in Python: grpc.aio and onnxruntime, run where the request arrives.

server.py PORT,... name=path...
"""

import asyncio
import sys

import grpc
import numpy as np
import onnxruntime
from tritonclient.grpc import service_pb2 as messages
from tritonclient.grpc import service_pb2_grpc as services

DATATYPES = {np.dtype(np.float32): "FP32", np.dtype(np.int64): "INT64"}


class Service(services.GRPCInferenceServiceServicer):
    def __init__(self, models: dict[str, str]):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.sessions = {
            name: onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
            for name, path in models.items()
        }

    async def ModelInfer(self, request, context):
        session = self.sessions.get(request.model_name)
        if session is None:
            await context.abort(grpc.StatusCode.NOT_FOUND, f"unknown model {request.model_name}")
        feeds = {
            tensor.name: np.frombuffer(raw, np.float32).reshape(tensor.shape)
            for tensor, raw in zip(request.inputs, request.raw_input_contents, strict=True)
        }
        reply = messages.ModelInferResponse(model_name=request.model_name, model_version="1", id=request.id)
        for output, value in zip(session.get_outputs(), session.run(None, feeds), strict=True):
            reply.outputs.add(name=output.name, datatype=DATATYPES[value.dtype], shape=value.shape)
            reply.raw_output_contents.append(value.tobytes())
        return reply


async def main() -> None:
    ports, *models = sys.argv[1:]
    server = grpc.aio.server(options=[("grpc.max_receive_message_length", 64 << 20)])
    service = Service(dict(model.split("=", 1) for model in models))
    services.add_GRPCInferenceServiceServicer_to_server(service, server)
    server.add_insecure_port(f"127.0.0.1:{ports.split(',')[0]}")
    await server.start()
    await server.wait_for_termination()


asyncio.run(main())
