/** Import it before anything that loads ONNX Runtime, which reports about its use unless told not to. */
import process from 'node:process';

process.env.ORT_DISABLE_TELEMETRY = '1';
