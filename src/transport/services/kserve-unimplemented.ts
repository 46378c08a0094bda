/** The calls of Triton's service that are not done here, each with the sentence that its callers get. */

const MANAGED = 'models are managed through the models directory of the server, not the Predict port';
const NO_SHARED_MEMORY = 'this server shares no memory with its clients; send tensors in the request';

export const UNIMPLEMENTED = [
  ['RepositoryModelLoad', MANAGED],
  ['RepositoryModelUnload', MANAGED],
  ['SystemSharedMemoryStatus', NO_SHARED_MEMORY],
  ['SystemSharedMemoryRegister', NO_SHARED_MEMORY],
  ['SystemSharedMemoryUnregister', NO_SHARED_MEMORY],
  ['CudaSharedMemoryStatus', NO_SHARED_MEMORY],
  ['CudaSharedMemoryRegister', NO_SHARED_MEMORY],
  ['CudaSharedMemoryUnregister', NO_SHARED_MEMORY],
  ['TraceSetting', 'traces are set up where the server starts (OTEL_EXPORTER_OTLP_ENDPOINT), not over the wire'],
  ['LogSettings', 'logging is set up where the server starts, not over the wire'],
] as const;
