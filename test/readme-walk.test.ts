// The walk without an account as the README tells it, word for word: its files and its commands, in an empty folder.
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findFreePort } from './backends/server.ts';
import { startShell } from './e2e/program.ts';
import { blocksOf, readmeFile, sectionOf } from './readme.ts';

const readme = await readFile(readmeFile, 'utf8');
const section = sectionOf(readme, '## Without an account');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'voxsync-walk-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('checks, plans, syncs, finds what was changed by hand and repairs it, and counts its calls', async () => {
  const port = String(await findFreePort());
  const here = (text: string): string => text.replaceAll('8099', port);
  const [config = '', secrets = ''] = blocksOf(section, 'yaml');
  await writeFile(path.join(folder, 'voxsync.yaml'), here(config));
  await writeFile(path.join(folder, 'secrets.yaml'), secrets);
  const command = await linkedProgram();
  const parts = ['walk-start', 'walk-sync', 'walk-by-hand', 'walk-count'].map((name) =>
    here(commandsOf(name)),
  );
  // Whatever ends the script ends the emulator, which may still be keeping compiled code in the folder.
  const ending = "trap 'kill $! && wait $! || true' EXIT";
  const line = [command, 'set -e', parts[0], ending, ...parts.slice(1)].join('\n');
  const { exitCode, stdout, stderr } = await startShell(line, { folder, temporary: folder }).ended;
  expect(stderr).not.toContain('error:');
  expect(exitCode).toBe(0);
  const shown = [
    'voxsync.yaml is valid: 1 account, 1 source, 2 mappings',
    'Plan: 2 to create; 0 in sync.',
    'Applied: 2 created.',
    'Plan: nothing to do; 2 in sync.',
    '{"result":1}',
    '~ CRM_API_KEY  update value  drifted',
    'Applied: 1 updated.',
    'Plan: nothing to do; 2 in sync.',
    '1 "method":"GetApplications"',
    '2 "method":"GetSecrets"',
  ];
  let rest = stdout;
  for (const text of shown) {
    expect(rest).toContain(text);
    rest = rest.slice(rest.indexOf(text) + text.length);
  }
});

function commandsOf(name: string): string {
  const [, rest = ''] = section.split(`<!-- command: ${name} -->\n`);
  const [block] = blocksOf(rest, 'sh');
  if (block === undefined) throw new Error(`the README has no command ${name}`);
  return block;
}

/** What `npm link` gives: a program on the PATH, so that `$!` is its own process. */
async function linkedProgram(): Promise<string> {
  const file = path.join(folder, 'voxsync');
  await writeFile(file, '#!/bin/sh\neval "exec $VOXSYNC" \'"$@"\'\n');
  await chmod(file, 0o755);
  return `unset -f voxsync; PATH="${folder}:$PATH"`;
}
