// What versions alone say of a mapped secret: wanted, absent, held or nobody's business; and a revision that misses no change.
import { describe, expect, it } from 'vitest';
import { VoxsyncError } from '../../src/errors.ts';
import { caseTwins, desiredOf, refuseCollisions } from '../../src/reconcile/desired.ts';
import type { MappedSecret } from '../../src/reconcile/mapping.ts';
import { Readings } from '../../src/reconcile/readings.ts';
import type { Desired } from '../../src/secret/desired.ts';
import { deriveAccountKeys } from '../../src/secret/keys.ts';
import { explicitSelector, formatOrigin, pathTag } from '../../src/secret/origin.ts';
import { createMemorySource } from '../../src/sources/memory.ts';
import type { Source } from '../../src/sources/source.ts';
import { absent, held, wanted } from '../plan/builders.ts';

const keys = deriveAccountKeys(Buffer.from('a private key'));
const { signal } = new AbortController();
const error = new VoxsyncError('source-refused', 'silent: no permission', { hint: 'grant it' });
const silent: Source = {
  ...createMemorySource(new Map()),
  observe: async (references) => references.map(() => ({ state: 'unresolved', error })),
};

function mapped(changes: Partial<MappedSecret> = {}): MappedSecret {
  return {
    name: 'KEY',
    place: 'mappings[0].secrets[0]',
    inputs: { value: { source: 'local', secret: 'a' } },
    origin: formatOrigin(explicitSelector, pathTag('local', 'a')),
    text: 'text',
    ...changes,
  };
}

/** What is desired, by the versions of these secrets of the source `local`; `silent` says nothing. */
async function desiredFrom(
  secret: MappedSecret,
  secrets: Readonly<Record<string, string>> = { a: 'one', b: 'two' },
): Promise<Desired | undefined> {
  const local = createMemorySource(new Map(Object.entries(secrets)));
  const sources = new Map([
    ['local', local],
    ['other', local],
    ['silent', silent],
  ]);
  const readings = new Readings(sources, signal);
  await readings.observe(Object.values(secret.inputs));
  return desiredOf(secret, { owner: 'us', keys, readings });
}

async function revisionOf(changes: Partial<MappedSecret>, secrets?: Readonly<Record<string, string>>) {
  const desired = await desiredFrom(mapped(changes), secrets);
  if (desired?.state !== 'wanted') throw new Error('it is not wanted');
  return desired.revision;
}

const [a, b] = [
  { source: 'local', secret: 'a' },
  { source: 'local', secret: 'b' },
];

describe('the revision', () => {
  it.each<[string, Partial<MappedSecret>]>([
    ['the source', { inputs: { value: { ...a, source: 'other' } } }],
    ['the source secret', { inputs: { value: b } }],
    ['the field', { inputs: { value: { ...a, field: 'key' } } }],
    ['the encoding', { inputs: { value: { ...a, encoding: 'base64' } } }],
    ['the template', { template: '{{ value }}!' }],
    ['the name of the variable', { inputs: { other: a } }],
    ['another part', { inputs: { value: a, other: b } }],
  ])('changes with %s', async (_, changes) => {
    expect(await revisionOf(changes)).not.toBe(await revisionOf({}));
  });

  it('has not changed: markers with it are out there, and another one has every value read', async () => {
    const [plain, composed] = [
      await revisionOf({}),
      await revisionOf({
        inputs: { one: { ...a, field: 'key', encoding: 'base64' }, two: b },
        template: '{{ one }}{{ two }}',
      }),
    ];
    expect([plain, composed]).toMatchInlineSnapshot(`
      [
        "eytGUoau",
        "hVrhjG7W",
      ]
    `);
  });

  it('changes with the version of each part', async () => {
    const inputs = { one: a, two: b };
    const revisions = [
      await revisionOf({ inputs }),
      await revisionOf({ inputs }, { a: 'new', b: 'two' }),
      await revisionOf({ inputs }, { a: 'one', b: 'new' }),
      await revisionOf({ inputs: { one: b, two: a } }),
    ];
    expect(new Set(revisions).size).toBe(revisions.length);
  });

  it.each<[string, Partial<MappedSecret>]>([
    ['the description', { text: 'another text' }],
    ['the name', { name: 'OTHER' }],
    ['the place in the config', { place: 'mappings[1].secrets[0]' }],
  ])('does not change with %s', async (_, changes) => {
    expect(await revisionOf(changes)).toBe(await revisionOf({}));
  });

  it('does not change with the order of the parts', async () => {
    expect(await revisionOf({ inputs: { two: b, one: a } })).toBe(
      await revisionOf({ inputs: { one: a, two: b } }),
    );
  });
});

describe('a mapped secret', () => {
  it('is wanted as it is mapped, with the labels of all its versions', async () => {
    const desired = await desiredFrom(mapped({ inputs: { one: a, two: b } }));
    expect(desired).toMatchObject({
      state: 'wanted',
      name: 'KEY',
      text: 'text',
      origin: mapped().origin,
      from: { place: 'mappings[0].secrets[0]', references: [a, b] },
    });
    expect(desired?.from.versions).toEqual([expect.stringMatching(/./), expect.stringMatching(/./)]);
  });

  it('is absent when every part is, and the proof names each', async () => {
    const desired = await desiredFrom(mapped({ inputs: { one: a, two: b } }), {});
    expect(desired).toMatchObject({
      state: 'absent',
      name: 'KEY',
      proof: expect.stringMatching(/^local: a: .+; local: b: .+$/),
      from: { place: 'mappings[0].secrets[0]', references: [a, b], versions: [] },
    });
  });

  it('of which one part is gone is held: that is a mistake, and no wish to delete', async () => {
    expect(await desiredFrom(mapped({ inputs: { one: a, two: b } }), { b: 'two' })).toMatchObject({
      state: 'held',
      reason: 'source-unavailable',
      problem: {
        code: 'secret-not-found',
        message: expect.stringMatching(
          /^mappings\[0\]\.secrets\[0\]: local: a: .+, while its other parts exist$/,
        ),
      },
      from: { references: [a, b] },
    });
  });

  it.each([
    ['there', { a: 'one' }],
    ['gone', {}],
  ])('of which one part cannot be read is held, though the other is %s', async (_, secrets) => {
    const inputs = { one: a, two: { source: 'silent', secret: 'x' } };
    expect(await desiredFrom(mapped({ inputs }), secrets)).toMatchObject({
      state: 'held',
      reason: 'source-unavailable',
      problem: { code: 'source-refused', message: 'silent: no permission', hint: 'grant it' },
    });
  });

  it('that a discovery found and that is gone is nobody’s business', async () => {
    const origin = formatOrigin('disc', pathTag('local', 'a'));
    expect(await desiredFrom(mapped({ origin }), {})).toBeUndefined();
    expect(await desiredFrom(mapped({ origin }))).toMatchObject({ state: 'wanted' });
  });

  it('whose description does not fit is held, with the numbers', async () => {
    expect(await desiredFrom(mapped({ text: 'x'.repeat(135) }))).toMatchObject({
      state: 'held',
      reason: 'invalid',
      problem: {
        code: 'secret-invalid',
        message: 'mappings[0].secrets[0]: the description has 135 characters',
        hint: 'Behind the marker of owner us there is room for 134.',
      },
      from: { references: [a] },
    });
    expect(await desiredFrom(mapped({ text: 'x'.repeat(134) }))).toMatchObject({ state: 'wanted' });
  });
});

describe('a name that is claimed twice', () => {
  const at = <D extends Desired>(one: D, place: string): D => ({ ...one, from: { ...one.from, place } });

  it('is held once, with every place and every reference; other names are left alone', () => {
    const claims = [at(wanted('A'), 'first'), at(absent('A'), 'second'), at(held('A'), 'third')];
    const nameless = { ...held('A'), isNameless: true };
    expect(refuseCollisions([nameless, ...claims, wanted('B')])).toMatchObject([
      {
        state: 'held',
        name: 'A',
        reason: 'invalid',
        problem: {
          code: 'secret-invalid',
          message: 'first and second and third both give the name A',
          hint: 'Rename one of them; until then neither is written.',
        },
        from: { references: claims.flatMap(({ from }) => from.references) },
      },
      wanted('B'),
      nameless,
    ]);
  });

  it('in another case is another name, and is told', () => {
    const secrets = [wanted('Key'), wanted('OTHER'), held('KEY'), { ...held('key'), isNameless: true }];
    expect(refuseCollisions(secrets)).toHaveLength(4);
    expect(caseTwins(secrets)).toEqual([['Key', 'KEY']]);
    expect(caseTwins([wanted('A'), wanted('B')])).toEqual([]);
  });
});
