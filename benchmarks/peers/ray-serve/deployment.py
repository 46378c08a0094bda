"""The deployment that server.py starts. Ray sends it to a process of its own, and protobuf's modules cannot be sent."""

from ray import serve


@serve.deployment(num_replicas=1, max_ongoing_requests=256, ray_actor_options={"num_cpus": 0.5})
class Onnx:
    def __init__(self, models: dict[str, str]):
        import numpy as np
        import onnxruntime
        from tritonclient.grpc import service_pb2 as messages

        self.np, self.messages = np, messages
        self.datatypes = {np.dtype(np.float32): "FP32", np.dtype(np.int64): "INT64"}
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.sessions = {
            name: onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
            for name, path in models.items()
        }

    async def ModelInfer(self, request):
        session = self.sessions[request.model_name]
        feeds = {
            tensor.name: self.np.frombuffer(raw, self.np.float32).reshape(tensor.shape)
            for tensor, raw in zip(request.inputs, request.raw_input_contents, strict=True)
        }
        reply = self.messages.ModelInferResponse(model_name=request.model_name, model_version="1", id=request.id)
        for output, value in zip(session.get_outputs(), session.run(None, feeds), strict=True):
            reply.outputs.add(name=output.name, datatype=self.datatypes[value.dtype], shape=value.shape)
            reply.raw_output_contents.append(value.tobytes())
        return reply
