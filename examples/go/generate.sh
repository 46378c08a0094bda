#!/bin/sh
# Makes sluicepb/ from the server's .proto files. It needs protoc; go.mod pins the plugins.
set -eu
cd "$(dirname "$0")"
export GOBIN="$PWD/bin"
export PATH="$GOBIN:$PATH"
go install tool
# go:embed reads no file of another folder.
cp ../service-config.json .
package=sluice.example/client/sluicepb
to="module=sluice.example/client,Msluice/v1/predict.proto=$package,Msluice/v1/outcomes.proto=$package"
protoc -I ../../proto --go_out="$to:." --go-grpc_out="$to:." sluice/v1/predict.proto sluice/v1/outcomes.proto
