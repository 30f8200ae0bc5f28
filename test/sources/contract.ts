// What every source must do, whatever it reads: one suite, run against each of them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Source } from '../../src/sources/source.ts';

/** One source with the means to change what it reads. */
export interface SourceFixture {
  readonly source: Source;
  /** Writes secrets, whole texts by name. Existing ones get a new version. */
  put(secrets: Readonly<Record<string, string>>): Promise<void>;
  /** Deletes a secret, so that the source can prove it. */
  remove(name: string): Promise<void>;
  /** Makes the source unreadable from here on. */
  breakDown(): Promise<void>;
  close(): Promise<void>;
}

const { signal } = new AbortController();
const odd = '{"text":"a\\nb","quote":"\\"\'","sign":"&=%+#?","unicode":"ü €😀"}';

/** Registers the suite. Names are those that every kind of source can hold. */
export function describeSourceContract(kind: string, open: () => Promise<SourceFixture>): void {
  describe(`${kind}: the contract of a source`, () => {
    let fixture: SourceFixture;
    beforeAll(async () => {
      fixture = await open();
      await fixture.put({ alpha: '{"key":"one"}', alphabet: '{"key":"two"}', beta: odd });
    });
    afterAll(() => fixture.close());

    it('reads contents whole, in the order asked, duplicates included', async () => {
      const readings = await fixture.source.read(
        [{ secret: 'beta' }, { secret: 'alpha' }, { secret: 'beta' }],
        signal,
      );
      const texts = readings.map((reading) =>
        reading.state === 'present' ? JSON.parse(reading.content.box.reveal()) : reading.state,
      );
      expect(texts).toEqual([JSON.parse(odd), { key: 'one' }, JSON.parse(odd)]);
    });

    it('names a version without reading, the same that a read names', async () => {
      const references = [{ secret: 'alpha' }, { secret: 'alphabet' }];
      const observed = await fixture.source.observe(references, signal);
      const read = await fixture.source.read(references, signal);
      const versionsOf = (list: readonly { state: string; version?: unknown }[]) =>
        list.map(({ state, version }) => [state, version]);
      expect(versionsOf(observed)).toEqual(versionsOf(read));
      expect(observed.map(({ state }) => state)).toEqual(['present', 'present']);
    });

    it('changes the version with the value, and with nothing else', async () => {
      const observe = async () =>
        (await fixture.source.observe([{ secret: 'alpha' }, { secret: 'beta' }], signal)).map((one) =>
          'version' in one ? one.version.id : one.state,
        );
      const before = await observe();
      expect(await observe()).toEqual(before);
      await fixture.put({ alpha: '{"key":"another"}' });
      const after = await observe();
      expect(after[0]).not.toBe(before[0]);
      expect(after[1]).toBe(before[1]);
    });

    it('finds by prefix, with the versions that observe names', async () => {
      const discovery = await fixture.source.discover({ prefix: 'alpha' }, signal);
      if (discovery.state !== 'listed') throw discovery.error;
      expect(discovery.found.map(({ secret }) => secret).toSorted()).toEqual(['alpha', 'alphabet']);
      const [observed] = await fixture.source.observe([{ secret: 'alpha' }], signal);
      expect(observed).toMatchObject({
        version: discovery.found.find(({ secret }) => secret === 'alpha')?.version,
      });
    });

    it('proves that a secret never was, with a proof for people', async () => {
      const [observed, read] = [
        await fixture.source.observe([{ secret: 'alp' }], signal),
        await fixture.source.read([{ secret: 'alp' }], signal),
      ];
      expect(observed).toEqual([{ state: 'absent', proof: expect.stringMatching(/\w/) }]);
      expect(read).toEqual([{ state: 'absent', proof: expect.stringMatching(/\w/) }]);
    });

    it('proves that a secret was deleted, and does not find it any more', async () => {
      await fixture.put({ gamma: '{"key":"three"}' });
      await fixture.remove('gamma');
      expect(await fixture.source.observe([{ secret: 'gamma' }], signal)).toMatchObject([
        { state: 'absent' },
      ]);
      const discovery = await fixture.source.discover({ prefix: 'gamma' }, signal);
      expect(discovery).toMatchObject({ state: 'listed', found: [] });
    });

    it('shows no value in anything but the box', async () => {
      await fixture.put({ alpha: '{"key":"canary-77b1"}' });
      const readings = await fixture.source.read([{ secret: 'alpha' }], signal);
      const discovery = await fixture.source.discover({ prefix: '' }, signal);
      expect(JSON.stringify([readings, discovery])).not.toContain('canary-77b1');
    });

    it('throws the reason of its signal, and nothing else', async () => {
      const controller = new AbortController();
      const reason = new Error('stop');
      controller.abort(reason);
      await expect(fixture.source.read([{ secret: 'alpha' }], controller.signal)).rejects.toBe(reason);
    });

    it('broken down, resolves nothing and takes nothing for absent', async () => {
      await fixture.breakDown();
      const unresolved = { state: 'unresolved', error: { code: expect.stringMatching(/^source-/) } };
      expect(await fixture.source.observe([{ secret: 'alpha' }, { secret: 'never' }], signal)).toMatchObject([
        unresolved,
        unresolved,
      ]);
      expect(await fixture.source.read([{ secret: 'alpha' }], signal)).toMatchObject([unresolved]);
      expect(await fixture.source.discover({ prefix: '' }, signal)).toMatchObject(unresolved);
    });
  });
}
