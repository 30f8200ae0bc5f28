// Files and directories as secrets: the three formats, what is refused and how it is told, and fields of what was read.
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDirectorySource } from '../../src/sources/directory/source.ts';
import { openFileSource } from '../../src/sources/file/source.ts';
import { SecretBox } from '../../src/secret/box.ts';
import { listFields, selectValue } from '../../src/sources/content.ts';

const { signal } = new AbortController();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'voxsync-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function readFrom(name: string, text: string, secret: string, field?: string): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, text);
  const [reading] = await openFileSource('local', { kind: 'file', path: file }).read([{ secret }], signal);
  if (reading?.state === 'unresolved') throw reading.error;
  if (reading?.state !== 'present') throw new Error('absent');
  return selectValue(reading.content, { source: 'local', secret, field }).reveal();
}

describe('file', () => {
  it.each([
    ['a.yaml', 'crm:\n  apiKey: plain\n', 'crm', 'apiKey', 'plain'],
    ['a.yaml', 'crm:\n  port: 0800\n  big: 12345678901234567890\n  on: true\n', 'crm', 'port', '0800'],
    ['a.yaml', 'crm: { big: 12345678901234567890 }', 'crm', 'big', '12345678901234567890'],
    ['a.yaml', 'crm: { on: true }', 'crm', 'on', 'true'],
    ['a.yaml', 'pem: |\n  one\n  two\n', 'pem', undefined, 'one\ntwo\n'],
    ['a.yaml', 'pin: 007', 'pin', undefined, '007'],
    ['a.yaml', 'crm: { deep: { er: { still: here } } }', 'crm', '/deep/er/still', 'here'],
    ['a.yaml', 'list: { of: [a, b] }', 'list', '/of/1', 'b'],
    ['a.json', '{"crm":{"a/b":"slash","n":1.10}}', 'crm', '/a~1b', 'slash'],
    ['a.json', '{"crm":{"n":1.10}}', 'crm', 'n', '1.10'],
    ['.env', 'TOKEN="two\\nlines"\nOTHER=\'single $x\'\n', 'TOKEN', undefined, 'two\nlines'],
    ['.env', "OTHER='single $x' # said so\n", 'OTHER', undefined, 'single $x'],
    ['prod.env', 'export A=b=c\n', 'A', undefined, 'b=c'],
    ['.env.prod', 'A = spaced out  # said so\n', 'A', undefined, 'spaced out'],
    ['x.env', '# first\n\nA="#1 \\" $x \\n`\'"\nB=\'\\n\'\n', 'A', undefined, '#1 \\" $x \n`\''],
    ['x.env', "A=1\nB='\\n'\n", 'B', undefined, '\\n'],
    ['x.env', 'A=`one\n\n"two"\'s\n#`\nB=2\n', 'A', undefined, 'one\n\n"two"\'s\n#'],
    ['x.env', 'A="one\nB=no\nC=no"\nB=2\n', 'B', undefined, '2'],
    ['x.env', "A=it's\nB=2", 'A', undefined, "it's"],
  ])('%s %j: %s %s is %j', async (name, text, secret, field, value) => {
    expect(await readFrom(name, text, secret, field)).toBe(value);
  });

  it.each([
    ['a.yaml', '', 'a', /is empty/],
    ['a.yaml', '- a\n- b\n', 'a', /no mapping of names/],
    ['a.yaml', 'a: 1\na: 2\n', 'a', /line 2: duplicate key/],
    ['a.yaml', 'a: &x 1\nb: *x\n', 'b', /aliases/],
    ['a.yaml', 'a: "unclosed canary', 'a', /line 1: /],
    ['a.yaml', 'a:\n', 'a', /"a" has no value/],
    ['a.json', '{"a": "canary"', 'a', /not valid JSON/],
    ['a.json', '{"a": "canary", "a": "b"}', 'a', /not valid JSON/],
    ['a.yaml', 'a: canary\n---\na: b\n', 'a', /line 2: multiple docs/],
    // What a lenient reader passes over is a secret that it takes for deleted.
    ['a.env', 'A=1\nB canary\n', 'B', /line 2 is no `NAME=value`/],
    ['a.env', 'A: canary\n', 'A', /line 1 is no `NAME=value`/],
    ['a.env', 'A=1\nB="canary\nC=3\n', 'C', /line 2 opens a quote that nothing closes/],
    ['a.env', "A='one\ntwo'\nB='can'ary'\n", 'B', /line 3 goes on behind its closing quote/],
    ['a.env', 'A=1\nA=canary\n', 'A', /line 2 gives A a second time/],
    ['a.env', 'A=can#ary\n', 'A', /"A" has a # in a value without quotes/],
  ])('%s %j is refused: %s', async (name, text, secret, message) => {
    const error: unknown = await readFrom(name, text, secret).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      message: expect.stringMatching(message),
      hint: expect.stringMatching(/\w/),
    });
    expect(String(error)).not.toContain('canary');
  });

  it('that is not there is unresolved, not absent', async () => {
    const source = openFileSource('local', { kind: 'file', path: path.join(folder, 'none.yaml') });
    expect(await source.observe([{ secret: 'a' }], signal)).toMatchObject([
      { state: 'unresolved', error: { message: expect.stringContaining('ENOENT') } },
    ]);
  });

  it('that is no UTF-8 is refused, with what to do', async () => {
    const file = path.join(folder, 'utf16.yaml');
    await writeFile(file, Buffer.from('\uFEFFa: canary\n', 'utf16le'));
    const source = openFileSource('local', { kind: 'file', path: file });
    expect(await source.read([{ secret: 'a' }], signal)).toMatchObject([
      {
        state: 'unresolved',
        error: {
          code: 'source-invalid',
          message: 'local (utf16.yaml) is not UTF-8 text',
          hint: expect.stringContaining('UTF-8'),
        },
      },
    ]);
  });

  it('keeps one bad entry to itself', async () => {
    const file = path.join(folder, 'mixed.yaml');
    await writeFile(file, 'bad:\ngood: yes\n');
    const states = await openFileSource('local', { kind: 'file', path: file }).observe(
      [{ secret: 'bad' }, { secret: 'good' }],
      signal,
    );
    expect(states.map(({ state }) => state)).toEqual(['unresolved', 'present']);
  });
});

describe('directory', () => {
  it('keeps trailing newlines, tells binary files, and leaves folders out', async () => {
    const place = await mkdtemp(path.join(folder, 'd-'));
    await writeFile(path.join(place, 'text'), 'value\n');
    await writeFile(path.join(place, 'binary'), Buffer.from([0, 255, 254]));
    const source = openDirectorySource('mounted', { kind: 'directory', path: place });
    const [text, binary] = await source.read([{ secret: 'text' }, { secret: 'binary' }], signal);
    if (text?.state !== 'present' || binary?.state !== 'present') throw new Error('not read');
    expect(selectValue(text.content, { source: 'm', secret: 'text' }).reveal()).toBe('value\n');
    expect(() => selectValue(binary.content, { source: 'm', secret: 'binary' })).toThrow(/is binary/);
    expect(selectValue(binary.content, { source: 'm', secret: 'binary', encoding: 'base64' }).reveal()).toBe(
      'AP/+',
    );
    expect(selectValue(text.content, { source: 'm', secret: 'text', encoding: 'base64' }).reveal()).toBe(
      'dmFsdWUK',
    );
    expect(await source.observe([{ secret: '../text' }], signal)).toMatchObject([{ state: 'absent' }]);
  });

  it('keeps a link to nowhere and a pipe to themselves', async () => {
    const place = await mkdtemp(path.join(folder, 'd-'));
    await writeFile(path.join(place, 'good'), 'value');
    await symlink(path.join(place, 'nowhere'), path.join(place, 'lost'));
    await symlink('/dev/null', path.join(place, 'device'));
    const source = openDirectorySource('mounted', { kind: 'directory', path: place });
    const references = ['good', 'lost', 'device', 'other'].map((secret) => ({ secret }));
    expect(await source.observe(references, signal)).toMatchObject([
      { state: 'present' },
      { state: 'unresolved', error: { message: expect.stringMatching(/\/\)lost cannot be read: ENOENT/) } },
      { state: 'unresolved', error: { message: expect.stringContaining('device is a pipe or a device') } },
      { state: 'absent' },
    ]);
    expect(await source.discover({ prefix: '' }, signal)).toMatchObject({ state: 'unresolved' });
    expect(await source.discover({ prefix: 'goo' }, signal)).toMatchObject({ found: [{ secret: 'good' }] });
  });
});

describe('fields', () => {
  const content = (text: string) => ({ form: 'text' as const, box: new SecretBox(text) });
  it.each([
    ['{"a":{"b":1}}', 'a', /holds an object or a list/],
    ['{"a":null}', 'a', /is null/],
    ['{"a":1}', 'b', /does not have this field/],
    ['{"a":1}', '__proto__', /does not have this field/],
    ['[1]', '/5', /does not have this field/],
    ['"text"', 'a', /is JSON, but no object/],
    ['no json canary', 'a', /is not JSON/],
  ])('%j field %j: %s', (text, field, message) => {
    const select = () => selectValue(content(text), { source: 's', secret: 'x', field });
    expect(select).toThrow(message);
    expect(select).not.toThrow(/canary/);
  });

  it('are listed in their order', () => {
    expect(listFields(content('{"b":1,"a":2}'), { source: 's', secret: 'x' })).toEqual(['b', 'a']);
  });
});
