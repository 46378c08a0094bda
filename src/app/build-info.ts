/** What this build is: its own version and that of the ONNX Runtime beneath it. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

export const SERVER_VERSION = versionIn(new URL('../../package.json', import.meta.url));

/** Read from the package's manifest, since loading it belongs to lanes and qualification children only. */
const RUNTIME_VERSION = versionIn(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));

/** Names what qualification reports depend on besides the files. */
export const RUNTIME_REVISION = `${SERVER_VERSION}-ort${RUNTIME_VERSION}`;

function versionIn(manifest: URL | string): string {
  const parsed: unknown = JSON.parse(readFileSync(manifest, 'utf8'));
  if (typeof parsed === 'object' && parsed !== null && 'version' in parsed) return String(parsed.version);
  throw new Error(`${String(manifest)} has no version`);
}
