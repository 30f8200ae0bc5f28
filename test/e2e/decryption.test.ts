// The way around encrypted files that the README shows, word for word, with a stand-in for the program that decrypts.
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { blocksOf, readmeFile } from '../readme.ts';
import { valuesOf } from './looks.ts';
import { mapped, openStage } from './stage.ts';

/** Decrypts base64, and notes what it writes to and who may read that. */
const standIn = `#!/bin/sh
[ "$1" = decrypt ] || exit 64
output=$(readlink /proc/$$/fd/1)
echo "$output $(stat -c %a "$output")" > "$HOME/output"
base64 -d "$2"
`;

test('what sops decrypts is synced, and nothing of it stays; what it decrypts in part counts for nothing', async () => {
  const readme = await readFile(readmeFile, 'utf8');
  const line = blocksOf(readme, 'sh').find((text) => text.includes('sops decrypt'));
  const stage = await openStage();
  const encrypt = (text: string) => stage.save('secrets.enc.yaml', Buffer.from(text).toString('base64'));
  const install = async (script: string) => {
    await stage.save('bin/sops', script);
    await chmod(path.join(stage.folder, 'bin/sops'), 0o755);
  };
  await mkdir(path.join(stage.folder, 'bin'));
  stage.env['PATH'] = `${path.join(stage.folder, 'bin')}:${process.env['PATH']}`;
  await stage.configure({
    sources: { local: { kind: 'file', path: '${SECRETS_FILE}', format: 'yaml' } },
    mappings: [mapped('app', ['A', 'B'])],
  });
  const sync = async () => {
    const { exitCode } = await stage.shell(line!);
    const [file = '', mode] = (await readFile(path.join(stage.folder, 'output'), 'utf8')).trim().split(' ');
    expect(file).toMatch(/^\/dev\/shm\//);
    expect([mode, existsSync(file)]).toEqual(['600', false]);
    return [exitCode, valuesOf(stage, ['app'])];
  };
  await install(standIn);
  await encrypt('A: one\nB: two\n');
  expect(await sync()).toEqual([0, { 'app A': 'one', 'app B': 'two' }]);
  await install(`${standIn}exit 1\n`);
  await encrypt('A: three\n');
  expect(await sync()).toEqual([1, { 'app A': 'one', 'app B': 'two' }]);
});
