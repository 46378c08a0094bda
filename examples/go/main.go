//go:generate ./generate.sh

// Calls a Sluice server: one prediction, several over a stream, and what became of the first.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"strconv"
	"strings"
	"time"

	pb "sluice.example/client/sluicepb"
)

const deadline = 2 * time.Second

var flowers = [][]float32{{5.1, 3.5, 1.4, 0.2}, {6.7, 3.0, 5.2, 2.3}, {5.7, 2.8, 4.1, 1.3}}

func requestFor(flower []float32) *pb.PredictRequest {
	tensor := &pb.Tensor{Name: "X", Shape: []int64{1, 4}, Floats: flower}
	return &pb.PredictRequest{Model: "iris", Inputs: []*pb.Tensor{tensor}}
}

func labelOf(reply *pb.PredictReply) int64 {
	for _, output := range reply.Outputs {
		if output.Name == "label" {
			return output.Int64S[0]
		}
	}
	return -1
}

// labelsByStream matches replies, which come in any order, by their request id.
func labelsByStream(ctx context.Context, predictions pb.PredictServiceClient) ([]int64, error) {
	stream, err := predictions.PredictStream(ctx)
	if err != nil {
		return nil, err
	}
	for index, flower := range flowers {
		request := requestFor(flower)
		request.RequestId = strconv.Itoa(index)
		if err := stream.Send(request); err != nil {
			return nil, err
		}
	}
	if err := stream.CloseSend(); err != nil {
		return nil, err
	}
	labels := make([]int64, len(flowers))
	for {
		answer, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return labels, nil
		}
		if err != nil {
			return nil, err
		}
		if failed := answer.GetError(); failed != nil {
			return nil, fmt.Errorf("request %s: code %d: %s", answer.RequestId, failed.Code, failed.Message)
		}
		index, err := strconv.Atoi(answer.RequestId)
		if err != nil {
			return nil, err
		}
		labels[index] = labelOf(answer.GetReply())
	}
}

func main() {
	connection, err := dial()
	if err != nil {
		log.Fatal(err)
	}
	defer connection.Close()
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()

	predictions := pb.NewPredictServiceClient(connection)
	request := requestFor(flowers[0])
	request.RoutingKey = "user-7"
	reply, err := predictions.Predict(ctx, request)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("version %s, epoch %d, arm %s: label %d\n", reply.Version, reply.Epoch, reply.Arm, labelOf(reply))

	labels, err := labelsByStream(ctx, predictions)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("stream: labels", strings.Trim(fmt.Sprint(labels), "[]"))

	// Later, by whoever knows what became of it; it counts where a running experiment or rollout has this metric.
	outcome := &pb.Outcome{PredictionId: reply.PredictionId, Metric: "conversion", Value: 1}
	report := &pb.ReportOutcomesRequest{Outcomes: []*pb.Outcome{outcome}}
	counted, err := pb.NewOutcomeServiceClient(connection).ReportOutcomes(ctx, report)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("outcome: accepted %d, duplicate %d, unknown %d\n", counted.Accepted, counted.Duplicate, counted.Unknown)
}
