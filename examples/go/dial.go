package main

import (
	"context"
	_ "embed"
	"os"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
)

// bearer is a token that travels with each call, and never in the clear.
type bearer string

func (token bearer) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	return map[string]string{"authorization": "Bearer " + string(token)}, nil
}

func (bearer) RequireTransportSecurity() bool { return true }

// retries are the same for all clients; a program of its own embeds the file or keeps it beside its configuration.
//
//go:embed service-config.json
var retries string

// dial speaks in the clear unless there is a certificate authority or a token.
func dial() (*grpc.ClientConn, error) {
	address, authority, token := os.Getenv("SLUICE_PREDICT_ADDRESS"), os.Getenv("SLUICE_CA"), os.Getenv("SLUICE_TOKEN")
	if address == "" {
		address = "127.0.0.1:50051"
	}
	// UNAVAILABLE is retried with back-off, and no more where one in ten calls fails already.
	options := []grpc.DialOption{grpc.WithDefaultServiceConfig(retries)}
	transport := insecure.NewCredentials()
	if authority != "" {
		var err error
		if transport, err = credentials.NewClientTLSFromFile(authority, ""); err != nil {
			return nil, err
		}
	} else if token != "" {
		transport = credentials.NewTLS(nil)
	}
	if token != "" {
		options = append(options, grpc.WithPerRPCCredentials(bearer(token)))
	}
	return grpc.NewClient(address, append(options, grpc.WithTransportCredentials(transport))...)
}
