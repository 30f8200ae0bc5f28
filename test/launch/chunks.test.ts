// How chunks are loaded: as Node loads CommonJS, and with code that was compiled before.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { Chunks } from '../../src/launch/chunks.ts';

async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'voxsync-chunks-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  return folder;
}

it('gives a chunk what Node gives it, and runs it once', async () => {
  const folder = await folderOf({
    'main.js':
      "exports.one = require('./one.js'); exports.isSame = exports.one === require('./one.js'); exports.at = [__filename, __dirname];",
    'one.js': "exports.sep = require('node:path').sep; exports.self = module.exports === exports;",
  });
  const chunks = new Chunks(folder, new Map());
  const one = { sep: path.sep, self: true };
  expect(chunks.load('main.js')).toEqual({ one, isSame: true, at: [path.join(folder, 'main.js'), folder] });
  expect(chunks.load('main.js')).toBe(chunks.load('main.js'));
});

it('lets two chunks need each other', async () => {
  const folder = await folderOf({
    'a.js': "exports.early = 1; exports.seen = require('./b.js').seen; exports.late = 2;",
    'b.js': "exports.seen = { ...require('./a.js') };",
  });
  expect(new Chunks(folder, new Map()).load('a.js')).toEqual({ early: 1, seen: { early: 1 }, late: 2 });
});

it('throws what a chunk throws, with its file and line', async () => {
  const folder = await folderOf({ 'a.js': "\nthrow new Error('no');", 'b.js': "require('not-there');" });
  const chunks = new Chunks(folder, new Map());
  expect(() => chunks.load('a.js')).toThrow(
    expect.objectContaining({ message: 'no', stack: expect.stringContaining(`${folder}/a.js:2:7`) }),
  );
  expect(() => chunks.load('b.js')).toThrow(expect.objectContaining({ code: 'MODULE_NOT_FOUND' }));
});

it('compiles nothing that was compiled before', async () => {
  const folder = await folderOf({ 'a.js': "module.exports = require('./b.js')(20);", 'b.js': source(2) });
  const first = new Chunks(folder, new Map());
  expect([first.load('a.js'), first.isNews]).toEqual([22, true]);
  const second = new Chunks(folder, first.compile());
  expect([second.load('a.js'), second.isNews]).toEqual([22, false]);
  // Some of it alone will not do.
  const some = new Chunks(folder, new Map([...first.compile()].slice(0, 1)));
  expect([some.load('a.js'), some.isNews]).toEqual([22, true]);
});

it('compiles anew what V8 refuses', async () => {
  const folder = await folderOf({ 'a.js': 'module.exports = 1;' });
  const refused = new Chunks(folder, new Map([['a.js', Buffer.from('of another version of V8')]]));
  expect([refused.load('a.js'), refused.isNews]).toEqual([1, true]);
});

function source(more: number): string {
  return `module.exports = (number) => number + ${more};`;
}
