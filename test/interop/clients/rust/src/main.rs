//! Predict, plain and with gzip, PredictStream, an error and a deadline, by tonic against the server at argv[1].
use std::time::Duration;
use tokio_stream::StreamExt;
use tonic::client::Grpc;
use tonic::codec::CompressionEncoding;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status};
use tonic_prost::ProstCodec;

#[derive(Clone, PartialEq, prost::Message)]
struct Tensor {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(string, tag = "2")]
    datatype: String,
    #[prost(int64, repeated, tag = "3")]
    shape: Vec<i64>,
    #[prost(float, repeated, tag = "4")]
    floats: Vec<f32>,
    #[prost(int64, repeated, tag = "7")]
    int64s: Vec<i64>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct PredictRequest {
    #[prost(string, tag = "1")]
    model: String,
    #[prost(message, repeated, tag = "3")]
    inputs: Vec<Tensor>,
    #[prost(string, tag = "5")]
    request_id: String,
}

#[derive(Clone, PartialEq, prost::Message)]
struct PredictReply {
    #[prost(string, tag = "2")]
    version: String,
    #[prost(string, tag = "3")]
    request_id: String,
    #[prost(message, repeated, tag = "4")]
    outputs: Vec<Tensor>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct StreamReply {
    #[prost(string, tag = "1")]
    request_id: String,
    #[prost(message, optional, tag = "2")]
    reply: Option<PredictReply>,
}

fn flower(model: &str, id: String, rows: usize) -> PredictRequest {
    let floats = [5.1, 3.5, 1.4, 0.2].repeat(rows);
    let input = Tensor { name: "X".into(), datatype: "FP32".into(), shape: vec![rows as i64, 4], floats, int64s: vec![] };
    PredictRequest { model: model.into(), inputs: vec![input], request_id: id }
}

fn labels(reply: &PredictReply) -> Vec<i64> {
    reply.outputs.iter().find(|output| output.name == "label").expect("an output of labels").int64s.clone()
}

async fn predict(grpc: &mut Grpc<Channel>, request: Request<PredictRequest>) -> Result<PredictReply, Status> {
    grpc.ready().await.expect("a connection");
    let path = "/sluice.v1.PredictService/Predict".parse().expect("a path");
    grpc.unary(request, path, ProstCodec::default()).await.map(|reply| reply.into_inner())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args().nth(1).expect("the server's address");
    let channel = Endpoint::from_shared(format!("http://{address}"))?.connect().await?;
    let mut grpc = Grpc::new(channel.clone());

    let reply = predict(&mut grpc, Request::new(flower("iris", "one".into(), 1))).await?;
    assert_eq!((labels(&reply), reply.request_id.as_str(), reply.version.as_str()), (vec![0], "one", "1"));

    let mut squeezed = Grpc::new(channel)
        .send_compressed(CompressionEncoding::Gzip)
        .accept_compressed(CompressionEncoding::Gzip);
    let reply = predict(&mut squeezed, Request::new(flower("iris", "gzip".into(), 32))).await?;
    assert_eq!(labels(&reply), vec![0; 32]);

    let refused = predict(&mut grpc, Request::new(flower("tulip", "none".into(), 1))).await.unwrap_err();
    assert_eq!(refused.code(), Code::NotFound, "{refused}");

    let mut hurried = Request::new(flower("iris", "hurried".into(), 1));
    hurried.set_timeout(Duration::from_nanos(1));
    // It may be answered in time; nothing else may become of it.
    if let Err(late) = predict(&mut grpc, hurried).await {
        assert!(matches!(late.code(), Code::Cancelled | Code::DeadlineExceeded), "{late}");
    }

    grpc.ready().await?;
    let requests = tokio_stream::iter((0..64).map(|index| flower("iris", index.to_string(), 1)));
    let path = "/sluice.v1.PredictService/PredictStream".parse()?;
    let mut replies = grpc.streaming(Request::new(requests), path, ProstCodec::<_, StreamReply>::default()).await?.into_inner();
    let mut seen = Vec::new();
    while let Some(reply) = replies.next().await {
        let reply = reply?;
        assert_eq!(labels(&reply.reply.expect("no error")), vec![0]);
        seen.push(reply.request_id.parse::<u32>()?);
    }
    seen.sort_unstable();
    assert_eq!(seen, (0..64).collect::<Vec<_>>());
    println!("all answered");
    Ok(())
}
