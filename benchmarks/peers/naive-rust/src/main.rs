//! What one writes in an afternoon to serve ONNX models over gRPC from Rust: tonic and ort, two threads, two sessions
//! of one thread per model, run where the request arrives. Open Inference Protocol ModelInfer, one raw FP32 input.
//!
//!     ORT_DYLIB_PATH=libonnxruntime.so.1 naive-rust 50062 iris=models/iris/1/model.onnx
use std::collections::HashMap;
use std::fmt::Display;
use std::sync::{Mutex, MutexGuard};

use bytes::Bytes;
use ort::environment::Environment;
use ort::session::Session;
use ort::value::{DynValue, Tensor, TensorElementType, TensorRef};
use tonic::codegen::tokio_stream::Stream;
use tonic::{Request, Response, Status, Streaming};

mod inference {
    tonic::include_proto!("inference");
}
use inference::grpc_inference_service_server::{GrpcInferenceService, GrpcInferenceServiceServer};
use inference::model_infer_response::InferOutputTensor;
use inference::*;

const THREADS: usize = 2;

struct Model {
    sessions: Vec<Mutex<Session>>,
    outputs: Vec<String>,
}

impl Model {
    fn load(environment: &Environment, path: &str) -> Result<Model, Box<dyn std::error::Error>> {
        let mut sessions = Vec::new();
        for _ in 0..THREADS {
            let mut builder = Session::builder(environment)?.with_intra_threads(1).map_err(|error| error.to_string())?;
            sessions.push(builder.commit_from_file(path)?);
        }
        let outputs = sessions[0].outputs().iter().map(|output| output.name().to_string()).collect();
        Ok(Model { sessions: sessions.into_iter().map(Mutex::new).collect(), outputs })
    }

    /// There are as many sessions as threads, so one is free.
    fn session(&self) -> MutexGuard<'_, Session> {
        let free = self.sessions.iter().find_map(|session| session.try_lock().ok());
        free.unwrap_or_else(|| self.sessions[0].lock().unwrap())
    }
}

struct Models(HashMap<String, Model>);

impl Models {
    fn infer(&self, request: ModelInferRequest) -> Result<ModelInferResponse, Status> {
        let unknown = || Status::not_found(format!("unknown model {}", request.model_name));
        let model = self.0.get(&request.model_name).ok_or_else(unknown)?;
        let (input, raw) = match (&request.inputs[..], &request.raw_input_contents[..]) {
            ([input], [raw]) if input.datatype == "FP32" => (input, raw),
            _ => return Err(Status::invalid_argument("send one input as raw FP32")),
        };
        if raw.len() as i64 != 4 * input.shape.iter().product::<i64>() {
            return Err(Status::invalid_argument(format!("{} bytes do not fill shape {:?}", raw.len(), input.shape)));
        }
        // SAFETY: every bit pattern is a float, and align_to gives out aligned ones alone.
        let (before, aligned, after) = unsafe { raw.align_to::<f32>() };
        let (name, shape) = (input.name.as_str(), input.shape.clone());
        let mut session = model.session();
        let outputs = if before.is_empty() && after.is_empty() {
            session.run(ort::inputs![name => TensorRef::from_array_view((shape, aligned)).map_err(internal)?])
        } else {
            let floats = raw.chunks_exact(4).map(|four| f32::from_le_bytes(four.try_into().unwrap()));
            session.run(ort::inputs![name => Tensor::from_array((shape, floats.collect::<Vec<_>>())).map_err(internal)?])
        }
        .map_err(internal)?;
        let mut reply = ModelInferResponse {
            model_name: request.model_name,
            model_version: "1".into(),
            id: request.id,
            ..Default::default()
        };
        for name in &model.outputs {
            let (datatype, shape, raw) = describe(&outputs[name.as_str()])?;
            let tensor = InferOutputTensor { name: name.clone(), datatype: datatype.into(), shape, ..Default::default() };
            reply.outputs.push(tensor);
            reply.raw_output_contents.push(raw);
        }
        Ok(reply)
    }
}

fn describe(output: &DynValue) -> Result<(&'static str, Vec<i64>, Bytes), Status> {
    match output.dtype().tensor_type() {
        Some(TensorElementType::Float32) => {
            let (shape, data) = output.try_extract_tensor::<f32>().map_err(internal)?;
            Ok(("FP32", shape.to_vec(), copied(data)))
        }
        Some(TensorElementType::Int64) => {
            let (shape, data) = output.try_extract_tensor::<i64>().map_err(internal)?;
            Ok(("INT64", shape.to_vec(), copied(data)))
        }
        other => Err(Status::unimplemented(format!("an output of type {other:?}"))),
    }
}

fn copied<T: Copy>(numbers: &[T]) -> Bytes {
    let (start, length) = (numbers.as_ptr().cast::<u8>(), std::mem::size_of_val(numbers));
    // SAFETY: the bytes are those of the numbers, which are plain ones.
    Bytes::copy_from_slice(unsafe { std::slice::from_raw_parts(start, length) })
}

fn internal<E: Display>(error: E) -> Status {
    Status::internal(error.to_string())
}

/// The service has many methods, and this server only one.
macro_rules! unimplemented_methods {
    ($($method:ident($request:ident) -> $reply:ident;)*) => {
        #[tonic::async_trait]
        impl GrpcInferenceService for Models {
            type ModelStreamInferStream =
                std::pin::Pin<Box<dyn Stream<Item = Result<ModelStreamInferResponse, Status>> + Send>>;

            async fn model_infer(
                &self,
                request: Request<ModelInferRequest>,
            ) -> Result<Response<ModelInferResponse>, Status> {
                self.infer(request.into_inner()).map(Response::new)
            }

            async fn model_stream_infer(
                &self,
                _: Request<Streaming<ModelInferRequest>>,
            ) -> Result<Response<Self::ModelStreamInferStream>, Status> {
                Err(Status::unimplemented("ask ModelInfer"))
            }

            $(async fn $method(&self, _: Request<$request>) -> Result<Response<$reply>, Status> {
                Err(Status::unimplemented("ask ModelInfer"))
            })*
        }
    };
}

unimplemented_methods! {
    server_live(ServerLiveRequest) -> ServerLiveResponse;
    server_ready(ServerReadyRequest) -> ServerReadyResponse;
    model_ready(ModelReadyRequest) -> ModelReadyResponse;
    server_metadata(ServerMetadataRequest) -> ServerMetadataResponse;
    model_metadata(ModelMetadataRequest) -> ModelMetadataResponse;
    model_config(ModelConfigRequest) -> ModelConfigResponse;
    model_statistics(ModelStatisticsRequest) -> ModelStatisticsResponse;
    repository_index(RepositoryIndexRequest) -> RepositoryIndexResponse;
    repository_model_load(RepositoryModelLoadRequest) -> RepositoryModelLoadResponse;
    repository_model_unload(RepositoryModelUnloadRequest) -> RepositoryModelUnloadResponse;
    system_shared_memory_status(SystemSharedMemoryStatusRequest) -> SystemSharedMemoryStatusResponse;
    system_shared_memory_register(SystemSharedMemoryRegisterRequest) -> SystemSharedMemoryRegisterResponse;
    system_shared_memory_unregister(SystemSharedMemoryUnregisterRequest) -> SystemSharedMemoryUnregisterResponse;
    cuda_shared_memory_status(CudaSharedMemoryStatusRequest) -> CudaSharedMemoryStatusResponse;
    cuda_shared_memory_register(CudaSharedMemoryRegisterRequest) -> CudaSharedMemoryRegisterResponse;
    cuda_shared_memory_unregister(CudaSharedMemoryUnregisterRequest) -> CudaSharedMemoryUnregisterResponse;
    trace_setting(TraceSettingRequest) -> TraceSettingResponse;
    log_settings(LogSettingsRequest) -> LogSettingsResponse;
}

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let port = arguments.next().ok_or("say a port, then name=path for each model")?;
    let environment = ort::init().build()?;
    let mut models = HashMap::new();
    for argument in arguments {
        let (name, path) = argument.split_once('=').ok_or("a model is name=path")?;
        models.insert(name.to_string(), Model::load(&environment, path)?);
    }
    let service = GrpcInferenceServiceServer::new(Models(models)).max_decoding_message_size(64 << 20);
    tonic::transport::Server::builder().add_service(service).serve(format!("127.0.0.1:{port}").parse()?).await?;
    Ok(())
}
