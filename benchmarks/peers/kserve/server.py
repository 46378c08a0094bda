"""KServe's Python server with a custom model, as its documentation has it; its own log of every request is left on.

server.py GRPC_PORT,HTTP_PORT,... name=path...
"""

import sys

import onnxruntime
from kserve import InferOutput, InferRequest, InferResponse, Model, ModelServer

DATATYPES = {"tensor(float)": "FP32", "tensor(int64)": "INT64"}


class OnnxModel(Model):
    def __init__(self, name: str, path: str):
        super().__init__(name)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self.ready = True

    def predict(self, payload: InferRequest, headers=None, response_headers=None) -> InferResponse:
        values = self.session.run(None, {tensor.name: tensor.as_numpy() for tensor in payload.inputs})
        outputs = []
        for output, value in zip(self.session.get_outputs(), values, strict=True):
            tensor = InferOutput(name=output.name, shape=list(value.shape), datatype=DATATYPES[output.type])
            tensor.set_data_from_numpy(value, binary_data=True)
            outputs.append(tensor)
        return InferResponse(response_id=payload.id, model_name=self.name, infer_outputs=outputs)


if __name__ == "__main__":
    ports, *rest = sys.argv[1:]
    grpc_port, http_port, _ = (int(port) for port in ports.split(","))
    server = ModelServer(grpc_port=grpc_port, http_port=http_port, workers=1)
    server.start([OnnxModel(*model.split("=", 1)) for model in rest])
