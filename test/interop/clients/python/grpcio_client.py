"""Predict, plain and with gzip, PredictStream, errors and a deadline, by grpcio against the server at argv[1]."""

import sys

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

CALLS = 64


def main(address: str, descriptors: str) -> None:
    pool = descriptor_pool.DescriptorPool()
    with open(descriptors, "rb") as file:
        for proto in descriptor_pb2.FileDescriptorSet.FromString(file.read()).file:
            pool.Add(proto)
    names = ("PredictRequest", "PredictReply", "PredictStreamReply")
    Request, Reply, StreamReply = (
        message_factory.GetMessageClass(pool.FindMessageTypeByName(f"sluice.v1.{name}")) for name in names
    )

    def flower(model: str, request_id: str, rows: int = 1):
        request = Request(model=model, request_id=request_id)
        request.inputs.add(name="X", shape=[rows, 4], floats=[5.1, 3.5, 1.4, 0.2] * rows)
        return request

    def labels(reply):
        return list(next(output for output in reply.outputs if output.name == "label").int64s)

    with grpc.insecure_channel(address) as channel:
        service = "/sluice.v1.PredictService"
        predict = channel.unary_unary(f"{service}/Predict", Request.SerializeToString, Reply.FromString)
        stream = channel.stream_stream(f"{service}/PredictStream", Request.SerializeToString, StreamReply.FromString)

        reply = predict(flower("iris", "one"), timeout=10)
        assert (labels(reply), reply.request_id, reply.version) == ([0], "one", "1"), reply
        reply = predict(flower("iris", "gzip", 32), compression=grpc.Compression.Gzip, timeout=10)
        assert labels(reply) == [0] * 32, reply

        expect(grpc.StatusCode.NOT_FOUND, lambda: predict(flower("tulip", "none"), timeout=10))
        # Hurried calls may be answered in time; nothing else may become of them.
        hurried = [predict.future(flower("iris", "hurried"), timeout=0.001) for _ in range(CALLS)]
        codes = {future.code() for future in hurried}
        assert codes <= {grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.OK}, codes
        unknown = channel.unary_unary(f"{service}/Prophesy")
        expect(grpc.StatusCode.UNIMPLEMENTED, lambda: unknown(b"", timeout=10))

        futures = [predict.future(flower("iris", str(index)), timeout=10) for index in range(CALLS)]
        assert [future.result().request_id for future in futures] == [str(index) for index in range(CALLS)]

        replies = list(stream((flower("iris", str(index)) for index in range(CALLS)), timeout=10))
        assert {reply.request_id for reply in replies} == {str(index) for index in range(CALLS)}
        assert all(labels(reply.reply) == [0] for reply in replies), replies
    print("all answered")


def expect(code: grpc.StatusCode, call) -> None:
    try:
        call()
    except grpc.RpcError as error:
        assert error.code() == code, error
    else:
        raise AssertionError(f"no {code}")


main(sys.argv[1], sys.argv[2])
