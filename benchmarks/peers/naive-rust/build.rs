//! Generates the server's types from the protocol as it stands in this repository, without protoc.
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = "../../../proto";
    println!("cargo:rerun-if-changed={root}/inference");
    let files = protox::compile(["inference/grpc_service.proto"], [root])?;
    tonic_prost_build::configure().build_client(false).bytes(".").compile_fds(files)?;
    Ok(())
}
