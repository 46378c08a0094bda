"""LitServe: one LitAPI per model on one LitServer, one worker each.

server.py PORT,... [--batching] name=path...
"""

import sys

import litserve
import numpy as np
import onnxruntime

BATCHING = {"max_batch_size": 32, "batch_timeout": 0.005}


class Single(litserve.LitAPI):
    model_file = ""

    def setup(self, device):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(self.model_file, options, providers=["CPUExecutionProvider"])
        self.input = self.session.get_inputs()[0].name
        self.names = [output.name for output in self.session.get_outputs()]

    def decode_request(self, request):
        return np.asarray(request["inputs"], dtype=np.float32)

    def predict(self, rows):
        return dict(zip(self.names, self.session.run(None, {self.input: rows}), strict=True))

    def encode_response(self, outputs):
        return {name: value.tolist() for name, value in outputs.items()}


class Batched(Single):
    """Requests of one row each, put together by LitServe."""

    def batch(self, inputs):
        return np.concatenate(inputs)

    def unbatch(self, outputs):
        rows = len(next(iter(outputs.values())))
        return [{name: value[at : at + 1] for name, value in outputs.items()} for at in range(rows)]


if __name__ == "__main__":
    ports, *rest = sys.argv[1:]
    batching = "--batching" in rest
    apis = []
    for name, path in (model.split("=", 1) for model in rest if model != "--batching"):
        api = Batched(api_path=f"/predict/{name}", **BATCHING) if batching else Single(api_path=f"/predict/{name}")
        api.model_file = path
        apis.append(api)
    server = litserve.LitServer(apis, accelerator="cpu", workers_per_device=1, timeout=30)
    port = int(ports.split(",")[0])
    server.run(host="127.0.0.1", port=port, log_level="warning", generate_client_file=False)
