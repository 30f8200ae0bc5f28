// A sync in the process of the test: for the look after the processes that a test is about.
import path from 'node:path';
import { syncCommand } from '../../src/cli/sync.ts';
import type { Stage } from './stage.ts';

const { signal: never } = new AbortController();

/** What `voxsync sync` answers and prints for the config of a stage. */
export async function syncHere(
  stage: Stage,
): Promise<{ readonly exitCode: number; readonly stdout: string }> {
  let stdout = '';
  const exitCode = await syncCommand(
    { config: path.join(stage.folder, 'voxsync.yaml') },
    {
      out: (text) => void (stdout += text),
      err: () => {},
      isOutTerminal: false,
      isErrTerminal: false,
      env: stage.env,
      interruption: { stopping: never, aborting: never, exitCode: () => undefined, release: () => {} },
    },
  );
  return { exitCode, stdout };
}
