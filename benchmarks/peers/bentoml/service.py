"""The service that server.py starts: an endpoint per model in PEER_MODELS, batched where PEER_BATCHING is 1."""

import os
from typing import Any

import bentoml
import numpy as np
import onnxruntime

MODELS = dict(model.split("=", 1) for model in os.environ["PEER_MODELS"].split())
BATCHING = os.environ["PEER_BATCHING"] == "1"


class Onnx:
    def __init__(self):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.sessions = {
            name: onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
            for name, path in MODELS.items()
        }

    def run(self, model: str, inputs: np.ndarray) -> dict[str, np.ndarray]:
        session = self.sessions[model]
        values = session.run(None, {session.get_inputs()[0].name: np.asarray(inputs, np.float32)})
        return {output.name: value for output, value in zip(session.get_outputs(), values, strict=True)}


def add_endpoint(model: str) -> None:
    def single(self, inputs: np.ndarray) -> dict[str, Any]:
        return {name: value.tolist() for name, value in self.run(model, inputs).items()}

    def batched(self, inputs: np.ndarray) -> np.ndarray:
        # BentoML splits one array again, so a model answers with its last output alone.
        return list(self.run(model, inputs).values())[-1]

    function, options = (batched, {"batchable": True, "max_batch_size": 32}) if BATCHING else (single, {})
    function.__name__ = model.replace("-", "_")
    setattr(Onnx, function.__name__, bentoml.api(function, route=f"/predict/{model}", **options))


for name in MODELS:
    add_endpoint(name)
Service = bentoml.service(Onnx, name="onnx", workers=1, traffic={"timeout": 30})
