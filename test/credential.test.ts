// Credentials from files and environment variables, and what is said when they are not there.
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readCredential } from '../src/credential.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voxsync-credential-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function fileOf(content: string | Uint8Array): Promise<string> {
  const file = join(folder, 'credential');
  await writeFile(file, content);
  return file;
}

test.each([
  ['token', 'token'],
  ['token\n', 'token'],
  ['token\r\n\n', 'token'],
  ['\uFEFFtoken\n', 'token'],
  [' a b \n', ' a b '],
  ['line 1\nline 2\n', 'line 1\nline 2'],
])('reads %j as %j from a file and anew each time', async (content, expected) => {
  const file = await fileOf(content);
  expect((await readCredential({ file }, 'vault: auth.token')).reveal()).toBe(expected);
  await writeFile(file, 'other');
  expect((await readCredential({ file }, 'vault: auth.token')).reveal()).toBe('other');
});

test('reads an environment variable', async () => {
  vi.stubEnv('VOXSYNC_TEST_CREDENTIAL', 'from env\n');
  expect((await readCredential({ env: 'VOXSYNC_TEST_CREDENTIAL' }, 'a')).reveal()).toBe('from env');
  vi.stubEnv('VOXSYNC_TEST_CREDENTIAL', '  ');
  await expect(readCredential({ env: 'VOXSYNC_TEST_CREDENTIAL' }, 'vault: ca')).rejects.toMatchObject({
    code: 'source-invalid',
    message: 'vault: ca: the environment variable VOXSYNC_TEST_CREDENTIAL is empty',
  });
  vi.unstubAllEnvs();
  await expect(readCredential({ env: 'VOXSYNC_TEST_CREDENTIAL' }, 'vault: ca')).rejects.toMatchObject({
    message: 'vault: ca: the environment variable VOXSYNC_TEST_CREDENTIAL is not set',
    hint: 'Set it for the process that runs voxsync.',
  });
});

test('names the file that is missing, empty or no text, and nothing of its content', async () => {
  const missing = join(folder, 'none');
  await expect(readCredential({ file: missing }, 'vault: ca')).rejects.toMatchObject({
    code: 'source-invalid',
    message: `vault: ca: the file ${missing} does not exist`,
    hint: 'Put it there, or mend the path in the config.',
  });
  await expect(readCredential({ file: folder }, 'vault: ca')).rejects.toMatchObject({
    message: `vault: ca: the file ${folder} cannot be read: EISDIR`,
  });
  const file = await fileOf('\n');
  await chmod(file, 0o600);
  await expect(readCredential({ file }, 'vault: ca')).rejects.toMatchObject({
    message: `vault: ca: the file ${file} is empty`,
  });
  await writeFile(file, Buffer.from([0xff, 0xfe]));
  await expect(readCredential({ file }, 'vault: ca')).rejects.toMatchObject({
    message: `vault: ca: the file ${file} is not UTF-8 text`,
  });
});
