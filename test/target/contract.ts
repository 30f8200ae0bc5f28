// The contract of every target, run against each of them.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SecretBox } from '../../src/secret/box.ts';
import type { Target } from '../../src/target/target.ts';
import { failureOf, never } from './setup.ts';

/** A target with one empty application, `call-center`. */
export interface Subject {
  readonly target: Target;
  readonly applicationId: number;
  close(): Promise<void>;
}

const awkward: Readonly<Record<string, string>> = {
  'line feeds': '-----BEGIN KEY-----\nabc\n-----END KEY-----\n',
  'carriage returns': 'one\r\ntwo\rthree\r\n',
  'quotes and backslashes': `"it's" \\n \`x\``,
  'form characters': 'a=b&c=%20+d;e?f#g',
  umlauts: 'Größe: übermäßig',
  emoji: 'a😀b👩‍👩‍👧c',
  'a tab and a zero': 'a\tb\u0000c',
  '8192 characters': 'x'.repeat(8192),
};

/** Runs the suite against what `open` gives. */
export function targetContract(name: string, open: () => Promise<Subject>): void {
  describe(`target contract: ${name}`, () => {
    let subject: Subject;
    let target: Target;
    let app: number;

    beforeEach(async () => {
      subject = await open();
      ({ target, applicationId: app } = subject);
    });
    afterEach(() => subject.close());

    const create = (secretName: string, value = 'value', description = 'text') =>
      target.create(app, secretName, { value: new SecretBox(value), description }, never);
    const all = async () => (await target.list(app, 'whole', never)).rows;
    const named = async (secretName: string) => {
      const found = (await all()).find((secret) => secret.name === secretName);
      if (found === undefined) throw new Error(`no secret ${secretName}`);
      return found;
    };
    const valueOf = async (secretName: string) =>
      (await target.readValue(app, (await named(secretName)).id, never)).reveal();

    test('knows its applications by full and short name', async () => {
      const found = (await target.applications('whole', never)).rows.find(({ id }) => id === app);
      expect(found?.shortName).toBe('call-center');
      expect(found?.name).toMatch(/^call-center\..+\.voximplant\.com$/);
    });

    test('lists nothing, then what was created', async () => {
      expect(await all()).toEqual([]);
      await create('ONE', 'v', 'first');
      await create('TWO', 'v', '');
      const listed = await all();
      expect(new Map(listed.map(({ name: key, description }) => [key, description]))).toEqual(
        new Map([
          ['ONE', 'first'],
          ['TWO', ''],
        ]),
      );
      expect(JSON.stringify(listed)).not.toContain('"v"');
    });

    test('keeps every value as it is, whatever it holds', async () => {
      for (const [index, value] of Object.values(awkward).entries()) await create(`AWKWARD_${index}`, value);
      const kept = [];
      for (const index of Object.keys(awkward).keys()) kept.push(await valueOf(`AWKWARD_${index}`));
      expect(kept).toEqual(Object.values(awkward));
    });

    test('refuses a name that exists, and leaves the secret alone', async () => {
      await create('TWICE', 'first');
      const failure = await failureOf(create('TWICE', 'second'));
      // Nobody has confirmed which code the API has for it; whoever lists afterwards can tell.
      expect(['name-taken', 'secret-refused']).toContain(failure.code);
      expect(failure.isOutcomeUnknown).toBe(false);
      expect(await valueOf('TWICE')).toBe('first');
    });

    test('changes a description, or a value with it, in place', async () => {
      await create('CHANGING', 'old', 'old text');
      const { id } = await named('CHANGING');
      await target.update(app, await named('CHANGING'), { description: 'new text' }, never);
      expect([await valueOf('CHANGING'), (await named('CHANGING')).description]).toEqual(['old', 'new text']);
      const contents = { value: new SecretBox('newer'), description: 'newer text' };
      await target.update(app, await named('CHANGING'), contents, never);
      expect([await valueOf('CHANGING'), (await named('CHANGING')).description]).toEqual([
        'newer',
        'newer text',
      ]);
      expect((await named('CHANGING')).id).toBe(id);
    });

    test('refuses an update of a secret that is not there', async () => {
      const seen = { id: 999_999, description: 'old' };
      const contents = { value: new SecretBox('v'), description: 'new' };
      expect((await failureOf(target.update(app, seen, contents, never))).code).toBe('secret-refused');
    });

    test('deletes the secrets named, and no other', async () => {
      for (const key of ['A', 'B', 'C', 'D']) await create(key);
      await target.remove(app, [(await named('B')).id, (await named('D')).id], never);
      expect((await all()).map((secret) => secret.name).toSorted()).toEqual(['A', 'C']);
    });

    test('counts a secret that is gone already as deleted', async () => {
      await create('A');
      await create('B');
      const ids = [(await named('A')).id, (await named('B')).id];
      await target.remove(app, ids.slice(0, 1), never);
      await target.remove(app, ids, never);
      expect(await all()).toEqual([]);
    });

    test('refuses to delete nothing, and what can be no id', async () => {
      await create('STAYS');
      const { id } = await named('STAYS');
      for (const ids of [[], [0], [-1], [id, 1.5], [Number.NaN, id], [2 ** 53]]) {
        expect((await failureOf(target.remove(app, ids, never))).code).toBe('unexpected');
      }
      expect(await all()).toHaveLength(1);
    });

    test('cuts a long description at 200 characters', async () => {
      await create('LONG', 'v', 'd'.repeat(250));
      expect((await named('LONG')).description).toBe('d'.repeat(200));
    });

    test('lists every one of 45 secrets, and says of the cheap listing whether it does', async () => {
      const names = Array.from({ length: 45 }, (_, index) => `N${index}`);
      await Promise.all(names.map((key) => create(key)));
      const listed = await all();
      expect(listed.map((secret) => secret.name).toSorted()).toEqual(names.toSorted());
      expect(new Set(listed.map((secret) => secret.id)).size).toBe(45);
      const { rows, isWhole } = await target.list(app, 'cheap', never);
      const known = new Map(listed.map((secret) => [secret.id, secret]));
      expect(rows.map((secret) => known.get(secret.id))).toEqual(rows);
      expect(isWhole && rows.length < 45).toBe(false);
    });

    test('says that an application does not exist', async () => {
      expect((await failureOf(target.list(999_999, 'cheap', never))).code).toBe('application-not-found');
    });

    test('throws the abort reason, and does nothing', async () => {
      const reason = new Error('stopped by the test');
      const aborted = AbortSignal.abort(reason);
      const contents = { value: new SecretBox('v'), description: '' };
      await expect(target.list(app, 'cheap', aborted)).rejects.toBe(reason);
      await expect(target.create(app, 'ABORTED', contents, aborted)).rejects.toBe(reason);
      expect(await all()).toEqual([]);
    });

    test('gives keyed digests, and closes twice without a word', async () => {
      const box = new SecretBox('v');
      expect(target.keys.fingerprint(box)).toBe(target.keys.fingerprint(new SecretBox('v')));
      expect(target.concurrency).toBeGreaterThan(0);
      await target.close();
      await target.close();
    });
  });
}
