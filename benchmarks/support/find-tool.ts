/** Programs that are not ours and need not be there. */
import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Looks on the PATH, in GOBIN and in ~/go/bin. */
export function findTool(name: string): string | undefined {
  const { PATH = '', GOBIN = '' } = process.env;
  const folders = [...PATH.split(delimiter), GOBIN, join(homedir(), 'go', 'bin')];
  return folders
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
