// Files that voxsync may not read: as another user where root runs the tests, for root may read everything.
import { chmod, chown, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { valuesOf } from './looks.ts';
import { copyProgram, startProgram } from './program.ts';
import { openStage, type Stage } from './stage.ts';

const nobody = process.getuid?.() === 0 ? 65_534 : undefined;

/** Runs commands as a user who may read what is in the folder of the stage, but for what is locked. */
async function asNobody(stage: Stage) {
  const program = await copyProgram(stage.folder);
  await chmod(stage.folder, 0o755);
  if (nobody !== undefined) {
    for (const name of ['credentials.json', 'tmp'])
      await chown(path.join(stage.folder, name), nobody, nobody);
  }
  const { folder, temporary, env } = stage;
  return (...args: readonly string[]) =>
    startProgram(args, { folder, temporary, env, program, uid: nobody }).ended;
}

const from = (source: string, secret: string) => ({ name: `${source}_${secret}`, from: { source, secret } });

test('a file, a folder and a credential without permission: each is named, nothing is lost, and access mends it', async () => {
  const stage = await openStage();
  const lock = (name: string) => chmod(path.join(stage.folder, name), 0o000);
  const unlock = (name: string, mode: number) => chmod(path.join(stage.folder, name), mode);
  for (const name of ['mounted', 'closed']) await mkdir(path.join(stage.folder, name));
  await stage.save('secrets.yaml', 'a: canary-file');
  await stage.save('mounted/a', 'canary-a');
  await stage.save('mounted/b', 'canary-b');
  await stage.save('closed/a', 'canary-closed');
  await stage.save('closed/secrets.env', 'a=canary-dotenv');
  await stage.save('token', 'canary-token');
  const token = { file: 'token' };
  await stage.configure({
    sources: {
      file: { kind: 'file', path: 'secrets.yaml' },
      mounted: { kind: 'directory', path: 'mounted' },
      closed: { kind: 'directory', path: 'closed' },
      inside: { kind: 'file', path: 'closed/secrets.env' },
      vault: { kind: 'vault', address: 'http://127.0.0.1:9', auth: { method: 'token', token } },
    },
    mappings: [
      {
        application: 'app',
        secrets: ['file', 'mounted', 'closed', 'inside'].map((source) => from(source, 'a')),
      },
      { application: 'app', secrets: [from('mounted', 'b')] },
    ],
  });
  const voxsync = await asNobody(stage);
  expect((await voxsync('sync')).exitCode).toBe(0);
  const all = valuesOf(stage, ['app']);
  expect(Object.keys(all)).toHaveLength(5);

  for (const name of ['secrets.yaml', 'mounted/a', 'closed', 'token']) await lock(name);
  await stage.save('mounted/b', 'canary-rotated');
  const sync = await voxsync('sync', '--log-level', 'trace');
  expect(sync.exitCode).toBe(3);
  for (const place of [
    'file (secrets.yaml)',
    'mounted (mounted/)a',
    'closed (closed/)',
    'inside (secrets.env)',
  ]) {
    expect(sync.stdout).toContain(`${place} cannot be read: EACCES`);
  }
  const user = `Give the user that voxsync runs as (uid ${nobody ?? process.getuid?.()}) read access to it`;
  expect(sync.stdout).toContain(user);
  expect(valuesOf(stage, ['app'])).toEqual({ ...all, 'app mounted_b': 'canary-rotated' });

  const check = await voxsync('check', '--online');
  expect(check.exitCode).toBe(3);
  expect(check.stdout).toMatch(/vault: auth\.token: the file \S+\/token cannot be read: EACCES/);
  expect(check.stdout.split('\n').filter((line) => line.includes(user)).length).toBeGreaterThan(4);
  for (const { stdout, stderr } of [sync, check]) expect(stdout + stderr).not.toContain('canary');

  await unlock('secrets.yaml', 0o644);
  await unlock('mounted/a', 0o644);
  await unlock('closed', 0o755);
  expect((await voxsync('sync')).stdout).toBe('Plan: nothing to do; 5 in sync.\n');
});
