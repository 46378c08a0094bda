"""Triton's server with its Python front end: its own gRPC, queue and dynamic batcher; the model runs in a callable.

server.py GRPC_PORT,HTTP_PORT,METRICS_PORT name=path...
"""

import sys

import numpy as np
import onnxruntime
from pytriton.decorators import batch
from pytriton.model_config import DynamicBatcher, ModelConfig, Tensor
from pytriton.triton import Triton, TritonConfig

TYPES = {"tensor(float)": np.float32, "tensor(int64)": np.int64}


def bind(triton: Triton, name: str, path: str) -> None:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    outputs = session.get_outputs()

    @batch
    def infer(**inputs):
        values = session.run(None, inputs)
        # Triton's batches have a batch axis and others: what has rows alone gets a column.
        return {
            output.name: value.reshape(-1, 1) if value.ndim == 1 else value
            for output, value in zip(outputs, values, strict=True)
        }

    triton.bind(
        model_name=name,
        infer_func=infer,
        inputs=[Tensor(name=one.name, dtype=TYPES[one.type], shape=tuple(one.shape[1:])) for one in session.get_inputs()],
        outputs=[Tensor(name=one.name, dtype=TYPES[one.type], shape=tuple(one.shape[1:]) or (1,)) for one in outputs],
        # It batches what is there, and waits for nothing: its default, and the best for the load of this benchmark.
        config=ModelConfig(max_batch_size=32, batching=True, batcher=DynamicBatcher(max_queue_delay_microseconds=0)),
    )


ports, *models = sys.argv[1:]
grpc_port, http_port, metrics_port = (int(port) for port in ports.split(","))
config = TritonConfig(
    grpc_address="127.0.0.1",
    grpc_port=grpc_port,
    http_address="127.0.0.1",
    http_port=http_port,
    metrics_port=metrics_port,
    allow_gpu_metrics=False,
)
with Triton(config=config) as triton:
    for model in models:
        bind(triton, *model.split("=", 1))
    triton.serve()
