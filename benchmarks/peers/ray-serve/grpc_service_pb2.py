"""The name under which tritonclient's messages know their own module: Ray looks them up here when it unpacks them."""

from tritonclient.grpc.service_pb2 import *  # noqa: F403
