// A lock between processes on one machine: a file whose holder keeps touching it.
import { readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

const heartbeatMs = 2000;
const pollMs = 200;
/** After this long without a heartbeat the holder counts as dead. */
const staleMs = 20_000;

/** Runs `work` while no other process runs under the same lock file; waits for its holder, however long it takes. */
export async function withLock<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  const token = randomUUID();
  while (!(await acquire(path, token))) {
    await removeIfStale(path);
    await delay(pollMs);
  }
  const heartbeat = setInterval(() => void touch(path), heartbeatMs);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    await rm(path, { force: true });
  }
}

async function acquire(path: string, token: string): Promise<boolean> {
  try {
    await writeFile(path, token, { flag: 'wx' });
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch(() => undefined);
}

/** Moved aside before it is removed, so that of several waiters only one removes the lock they all saw. */
async function removeIfStale(path: string): Promise<void> {
  try {
    if (Date.now() - (await stat(path)).mtimeMs < staleMs) return;
    const token = await readFile(path, 'utf8');
    const aside = `${path}.${randomUUID()}`;
    await rename(path, aside);
    const wasTheSame = (await readFile(aside, 'utf8')) === token;
    if (wasTheSame) await rm(aside);
    else await rename(aside, path);
  } catch (error) {
    // The holder finished, or another waiter was quicker.
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
