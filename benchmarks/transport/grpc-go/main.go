// grpc-go's side of the comparison: one thread of Go code, which decodes a message and encodes the same.
//
//	GOMAXPROCS=1 grpc-go 50061
package main

import (
	"context"
	"log"
	"net"
	"os"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// A generated message with `bytes value = 1` and nothing else: what the others call a payload.
type payload = wrapperspb.BytesValue

type echoServer interface {
	Echo(context.Context, *payload) (*payload, error)
}

type echoing struct{}

func (echoing) Echo(_ context.Context, in *payload) (*payload, error) { return in, nil }

// What protoc-gen-go-grpc writes for the service.
var service = grpc.ServiceDesc{
	ServiceName: "bench.Echo",
	HandlerType: (*echoServer)(nil),
	Methods: []grpc.MethodDesc{{
		MethodName: "Echo",
		Handler: func(srv any, ctx context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
			in := new(payload)
			if err := decode(in); err != nil {
				return nil, err
			}
			return srv.(echoServer).Echo(ctx, in)
		},
	}},
}

func main() {
	if len(os.Args) < 2 {
		log.Fatal("which port?")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer()
	server.RegisterService(&service, echoing{})
	log.Fatal(server.Serve(listener))
}
