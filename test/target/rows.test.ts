// Rows of a page: those of the plain form, which are read directly, come out as the schema would give them.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applicationsAnswer, secretsAnswer } from '../../src/target/voximplant/answers.ts';

const odd = fc.constantFrom<unknown>(
  undefined,
  null,
  '',
  'text',
  0,
  -1,
  1.5,
  2 ** 53,
  Number.NaN,
  true,
  [],
  {},
);
const id = fc.oneof(fc.integer({ min: 1, max: 999_999 }), odd);
const text = fc.oneof(fc.string(), odd);
const date = fc.oneof(
  fc.date({ noInvalidDate: true }).map((one) => one.toISOString().replace('T', ' ')),
  fc.constantFrom('2026-11-25 10:00:00', '2026-11-25T10:00:00', '2026-13-45 99:99:99', '2026-11-25'),
  odd,
);

/** The same row with its id as a text, which is never read directly. */
function inText(row: Readonly<Record<string, unknown>>, key: string): Readonly<Record<string, unknown>> {
  return typeof row[key] === 'number' ? { ...row, [key]: String(row[key]) } : row;
}

test.each([
  [
    'secrets',
    secretsAnswer,
    'secret_id',
    fc.record({ secret_id: id, secret_name: text, description: text, modified: date, more: text }),
  ],
  [
    'applications',
    applicationsAnswer,
    'application_id',
    fc.record({ application_id: id, application_name: text, more: text }),
  ],
] as const)('%s', (_, answer, key, rows) => {
  const read = (row: unknown) => answer.safeParse({ result: [row], total_count: 1 }).data;
  fc.assert(
    fc.property(rows as fc.Arbitrary<Readonly<Record<string, unknown>>>, (row) => {
      expect(read(row)).toEqual(read(inText(row, key)));
    }),
    { numRuns: 2000 },
  );
});

test('what is no row at all is none', () => {
  for (const row of [null, 'text', 5, [], undefined])
    expect(secretsAnswer.safeParse({ result: [row] }).success).toBe(false);
});

test.each([
  ['2026-11-25 10:11:12', 1_795_601_472],
  ['2026-11-25T10:11:12.999Z', 1_795_601_472],
  ['2026-13-25 10:11:12', undefined],
  ['2026-11-25', undefined],
  [1_795_601_472, undefined],
])('modified at %j is %s', (modified, modifiedAt) => {
  const row = { secret_id: 1, secret_name: 'A', description: '', modified };
  expect(secretsAnswer.parse({ result: [row] }).rows).toMatchObject([{ modifiedAt }]);
});
