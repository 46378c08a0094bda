"""Calls a Sluice server: one prediction, several over a stream, and what became of the first."""

import os
import sys
from pathlib import Path

import grpc

EXAMPLES = Path(__file__).resolve().parent.parent
# grpcio-tools compiles the .proto files as they are imported.
sys.path.insert(0, str(EXAMPLES.parent / "proto"))
predict_pb, predict_grpc = grpc.protos_and_services("sluice/v1/predict.proto")
outcomes_pb, outcomes_grpc = grpc.protos_and_services("sluice/v1/outcomes.proto")

DEADLINE_S = 2.0
FLOWERS = [[5.1, 3.5, 1.4, 0.2], [6.7, 3.0, 5.2, 2.3], [5.7, 2.8, 4.1, 1.3]]


def open_channel() -> grpc.Channel:
    """Plain unless there is a certificate authority or a token: a token never travels in the clear."""
    address = os.environ.get("SLUICE_PREDICT_ADDRESS", "127.0.0.1:50051")
    authority = os.environ.get("SLUICE_CA")
    token = os.environ.get("SLUICE_TOKEN")
    # UNAVAILABLE is retried with back-off, and no more where one in ten calls fails already.
    options = [("grpc.service_config", (EXAMPLES / "service-config.json").read_text())]
    if not authority and not token:
        return grpc.insecure_channel(address, options)
    credentials = grpc.ssl_channel_credentials(Path(authority).read_bytes() if authority else None)
    if token:
        credentials = grpc.composite_channel_credentials(credentials, grpc.access_token_call_credentials(token))
    return grpc.secure_channel(address, credentials, options)


def request_for(flower: list[float], **more: str) -> "predict_pb.PredictRequest":
    tensor = predict_pb.Tensor(name="X", shape=[1, 4], floats=flower)
    return predict_pb.PredictRequest(model="iris", inputs=[tensor], **more)


def label_of(reply: "predict_pb.PredictReply") -> int:
    return next(output.int64s[0] for output in reply.outputs if output.name == "label")


def labels_by_stream(predictions: "predict_grpc.PredictServiceStub", flowers: list[list[float]]) -> list[str]:
    """Replies come in any order: `request_id` tells whose each one is."""
    requests = (request_for(flower, request_id=str(index)) for index, flower in enumerate(flowers))
    labels = [""] * len(flowers)
    for answer in predictions.PredictStream(requests, timeout=DEADLINE_S):
        failed = answer.WhichOneof("result") == "error"
        text = f"error {answer.error.code}: {answer.error.message}" if failed else str(label_of(answer.reply))
        labels[int(answer.request_id)] = text
    return labels


def main() -> None:
    with open_channel() as channel:
        predictions = predict_grpc.PredictServiceStub(channel)
        reply = predictions.Predict(request_for(FLOWERS[0], routing_key="user-7"), timeout=DEADLINE_S)
        print(f"version {reply.version}, epoch {reply.epoch}, arm {reply.arm}: label {label_of(reply)}")

        print("stream: labels", *labels_by_stream(predictions, FLOWERS))

        # Later, by whoever knows what became of it; it counts where a running experiment or rollout has this metric.
        outcome = outcomes_pb.Outcome(prediction_id=reply.prediction_id, metric="conversion", value=1)
        report = outcomes_pb.ReportOutcomesRequest(outcomes=[outcome])
        counted = outcomes_grpc.OutcomeServiceStub(channel).ReportOutcomes(report, timeout=DEADLINE_S)
        print(f"outcome: accepted {counted.accepted}, duplicate {counted.duplicate}, unknown {counted.unknown}")


if __name__ == "__main__":
    main()
