// A child process: it ends when told, when stubborn, and when the process that started it is killed; and so do its own children.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startProcess } from './process.ts';

/** A process that listens on a free loopback port and prints it to stderr. */
const listener = `
  const server = require('node:net').createServer((socket) => socket.end());
  server.listen(0, '127.0.0.1', () => console.error(server.address().port));`;

/** A process that has another one listen, and does not look after it. */
const family = `
  require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(listener)}], { stdio: 'inherit' });
  setInterval(() => {}, 1000);`;

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

test('tells the exit code and the tail of stderr', async () => {
  const args = ['-c', 'echo port in use >&2; exit 4'];
  const child = startProcess({ command: '/bin/sh', args, environment: {} });
  expect(await child.ended).toBe(4);
  expect(child.tail()).toBe('port in use');
});

test('tells when the command does not exist', async () => {
  const child = startProcess({ command: '/no/such/command', args: [], environment: {} });
  expect(await child.ended).not.toBe(0);
  expect(child.tail()).toContain('ENOENT');
  await child.stop();
});

test('is killed when it ignores SIGTERM', async () => {
  const script = 'trap "" TERM; echo ready >&2; while :; do sleep 0.1; done';
  const child = startProcess({ command: '/bin/sh', args: ['-c', script], environment: process.env });
  await expect.poll(() => child.tail()).toBe('ready');
  await child.stop();
  expect(await child.ended).toBeUndefined();
});

test('takes with it what it has started', async () => {
  const { PATH } = process.env;
  const child = startProcess({ command: process.execPath, args: ['-e', family], environment: { PATH } });
  await expect.poll(() => child.tail()).toMatch(/^\d+$/);
  const port = Number(child.tail());
  expect(await isListening(port)).toBe(true);
  await child.stop();
  expect(await isListening(port)).toBe(false);
});

test('does not outlive a parent that is killed, nor do its children and its folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'voxsync-process-'));
  const moduleUrl = new URL('process.ts', import.meta.url).href;
  const options = {
    command: process.execPath,
    args: ['-e', family],
    environment: { PATH: process.env['PATH'] },
    disposableFolder: folder,
  };
  const script = `
    const { startProcess } = await import(${JSON.stringify(moduleUrl)});
    const child = startProcess(${JSON.stringify(options)});
    const timer = setInterval(() => {
      if (child.tail() === '') return;
      console.log(child.tail());
      clearInterval(timer);
    }, 20);`;
  const parent = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output] = await once(parent.stdout, 'data');
  const port = Number(String(output));
  expect(await isListening(port)).toBe(true);
  parent.kill('SIGKILL');
  await expect.poll(async () => (await isListening(port)) || existsSync(folder)).toBe(false);
});
