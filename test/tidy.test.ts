// Rules of the house that lint cannot say: a test that reads the code itself.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = new URL('..', import.meta.url).pathname;

async function filesBelow(
  folder: string,
): Promise<readonly { readonly file: string; readonly text: string }[]> {
  const entries = await readdir(path.join(root, folder), { recursive: true });
  const files = entries.filter((entry) => entry.endsWith('.ts')).map((entry) => path.join(folder, entry));
  return Promise.all(
    files.map(async (file) => ({ file, text: await readFile(path.join(root, file), 'utf8') })),
  );
}

const sources = await filesBelow('src');

describe('every file of src/', () => {
  it.each(sources)('$file opens with one sentence that says what it is', ({ text }) => {
    const [first] = text.replace(/^#!.*\n/, '').split('\n');
    expect(first).toMatch(/^\/\/ \S.*[.:`]$/);
  });
});

describe('a value', () => {
  /** Where boxes may be opened, and why. */
  const openers = new Map([
    ['src/secret/box.ts', 'the box itself'],
    ['src/secret/keys.ts', 'the fingerprint'],
    ['src/reconcile/template.ts', 'templates'],
    ['src/target/voximplant/form.ts', 'the write path'],
    ['src/target/voximplant/key.ts', 'our own credentials, to sign with'],
    ['src/sources/vault/client.ts', 'our own token, in its header'],
    ['src/sources/vault/proof.ts', 'our own credentials, in the login'],
    ['src/sources/vault/wrapping.ts', 'our own wrapping token, to look at it before it is opened'],
    ['src/sources/vault/agent.ts', 'certificates'],
    ['src/sources/vault/session.ts', 'our own token, to see whether it changed'],
  ]);

  it('is opened in the write path, in templates and in the fingerprint, and credentials where they are sent', () => {
    const found = sources.filter(({ text }) => text.includes('.reveal()')).map(({ file }) => file);
    expect(found.filter((file) => !openers.has(file))).toEqual([]);
  });
});

describe('names', () => {
  const unwanted =
    /\b(?:export (?:async )?(?:function\*?|const|class|interface|type) )(\w*(?:Provider|Backend|Sink|Remote|Manager|Helper|Util|Service|Common)\w*)\b/g;

  it('keep to the words of the project', () => {
    const found = sources.flatMap(({ file, text }) =>
      [...text.matchAll(unwanted)].map(([, name]) => `${file}: ${name}`),
    );
    expect(found).toEqual([]);
  });
});

describe('the tests', () => {
  it('replace no module by a mock', async () => {
    const mocked = (await filesBelow('test')).filter(
      ({ file, text }) => file !== 'test/tidy.test.ts' && /\bvi\.(?:mock|doMock)\(/.test(text),
    );
    expect(mocked.map(({ file }) => file)).toEqual([]);
  });
});
