//! tonic's side of the comparison: one thread, which decodes a message and encodes the same.
//!
//!     echo-tonic 50061
use tonic::{Request, Response, Status, transport::Server};

pub mod bench {
    include!(concat!(env!("OUT_DIR"), "/bench.Echo.rs"));
}
use bench::echo_server::{Echo, EchoServer};

/// `Bytes` are views of what was received, where prost's default copies.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Payload {
    #[prost(bytes = "bytes", tag = "1")]
    pub payload: bytes::Bytes,
}

struct Echoing;

#[tonic::async_trait]
impl Echo for Echoing {
    async fn echo(&self, request: Request<Payload>) -> Result<Response<Payload>, Status> {
        Ok(Response::new(request.into_inner()))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port = std::env::args().nth(1).ok_or("which port?")?;
    Server::builder()
        .tcp_nodelay(true)
        .add_service(EchoServer::new(Echoing))
        .serve(format!("127.0.0.1:{port}").parse()?)
        .await?;
    Ok(())
}
