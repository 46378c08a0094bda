/** What ONNX Runtime says of a failure, in one line that may be shown to a caller. */
import { describeError } from '../domain/errors.ts';

const MAX_LENGTH = 400;

/** One line, without source locations, C++ signatures and directories of the machine. */
export function plainReason(caught: unknown): string {
  const text = describeError(caught)
    .replace(/\/onnxruntime_src\/\S+ .*?\) (?=[A-Z])/g, '')
    .replace(/\/onnxruntime_src\/\S+/g, '')
    .replace(/file:\/\//g, '')
    .replace(/(["'])\/(?:[^"'\n]*\/)?(?=[^"'/\n]*\1)/g, '$1')
    .replace(/(?<![\w.])\/(?:[^\s/"']+\/)+/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH)}…`;
}
