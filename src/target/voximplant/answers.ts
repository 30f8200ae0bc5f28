// The shapes of the API's answers: only the fields we use, and every form in which they may come.
import * as z from 'zod/mini';
import { SecretBox } from '../../secret/box.ts';
import type { Application, ListedSecret } from '../target.ts';

const digits = z.string().check(z.regex(/^\d{1,15}$/));
const count = z.union([z.int().check(z.nonnegative()), z.pipe(digits, z.transform(Number))]);
const id = count.check(z.refine((value) => value > 0));
const filled = z.string().check(z.minLength(1));

/** One result: an object, a list of one, or the fields beside `result`. */
function single<T extends z.ZodMiniType>(schema: T) {
  return z.pipe(z.transform(unwrap), schema);
}

function unwrap(answer: unknown): unknown {
  if (typeof answer !== 'object' || answer === null || !('result' in answer)) return answer;
  const { result } = answer;
  if (Array.isArray(result) && result.length === 1) return result[0] as unknown;
  return typeof result === 'object' && !Array.isArray(result) ? result : answer;
}

const flag = z.union([
  z.boolean(),
  z.pipe(
    z.literal([1, '1', 'true']),
    z.transform(() => true),
  ),
  z.pipe(
    z.literal([0, '0', 'false']),
    z.transform(() => false),
  ),
]);

/** A list whose items nobody has looked at: zod would look at all of them, and keep a complaint about each. */
const list = z.custom<readonly unknown[]>(Array.isArray);

const codeOfError = z.pipe(
  z.object({ code: count }),
  z.transform(({ code }) => code),
);

const firstError = z.pipe(
  z.object({ errors: list }),
  z.transform(({ errors }) => errors[0]),
);

/** An error, whatever else comes with it; gives its code. */
export const errorAnswer = z.union([
  z.pipe(
    z.object({ error: codeOfError }),
    z.transform(({ error }) => error),
  ),
  z.pipe(firstError, codeOfError),
]);

/** SetSecretInfo and DelSecret: done. */
export const doneAnswer = z.object({ result: z.literal([1, '1', true]) });

/** AddSecret: done. */
export const addedAnswer = single(z.object({ secret_id: id }));

/** GetSecretValue. The text is boxed as it is read; the id, where it is told, is there to be compared. */
export const valueAnswer = single(
  z.pipe(
    z.object({ secret_id: z.optional(id), secret_value: z.string() }),
    z.transform((answer) => ({ id: answer.secret_id, value: new SecretBox(answer.secret_value) })),
  ),
);

/** GetAccountInfo: whether calls and writes can work at all. */
export const accountAnswer = single(z.object({ active: flag, frozen: z.prefault(flag, false) }));

/** A kind of row. */
interface RowKind<Row, T> {
  readonly schema: z.ZodMiniType<Row>;
  /** Whether the schema gives it back as it is: nearly every row has that form, and to ask zod takes twenty times as long. */
  readonly isPlain: (row: Partial<Record<keyof Row, unknown>>) => row is Row;
  readonly read: (row: Row) => T;
}

/** A page; the first row that is none ends the reading of it. */
function page<Row, T>({ schema, isPlain, read }: RowKind<Row, T>) {
  const answer = z.object({ result: list, total_count: z.nullish(count) });
  const rowOf = (one: unknown): Row | undefined =>
    typeof one === 'object' && one !== null && isPlain(one) ? one : schema.safeParse(one).data;
  const readPage = z.transform((page: z.output<typeof answer>, context) => {
    const rows: T[] = [];
    for (const one of page.result) {
      const row = rowOf(one);
      if (row === undefined) {
        context.issues.push({ code: 'custom', input: one, message: 'a row of an unknown shape' });
        return z.NEVER;
      }
      rows.push(read(row));
    }
    return { rows, total: page.total_count ?? undefined };
  });
  return z.pipe(answer, readPage);
}

function isId(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) > 0;
}

function isFilled(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

const secretRow = z.object({
  secret_id: id,
  secret_name: filled,
  description: z.nullish(z.string()),
  modified: z.optional(z.unknown()),
});

/** A page of GetSecrets. */
export const secretsAnswer = page({
  schema: secretRow,
  isPlain: (row): row is z.output<typeof secretRow> =>
    isId(row.secret_id) && isFilled(row.secret_name) && typeof row.description === 'string',
  read: (row): ListedSecret => ({
    id: row.secret_id,
    name: row.secret_name,
    description: row.description ?? '',
    modifiedAt: parseTime(row.modified),
  }),
});

const applicationRow = z.object({ application_id: id, application_name: filled });

/** A page of GetApplications. */
export const applicationsAnswer = page({
  schema: applicationRow,
  isPlain: (row): row is z.output<typeof applicationRow> =>
    isId(row.application_id) && isFilled(row.application_name),
  read: (row): Application => ({
    id: row.application_id,
    name: row.application_name,
    shortName: row.application_name.split('.', 1)[0] ?? row.application_name,
  }),
});

/** `YYYY-MM-DD HH:mm:ss`, taken as UTC, in seconds since 1970. */
function parseTime(text: unknown): number | undefined {
  if (typeof text !== 'string' || !/^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d/.test(text)) return undefined;
  const time = Date.parse(`${text.slice(0, 10)}T${text.slice(11, 19)}Z`);
  return Number.isNaN(time) ? undefined : time / 1000;
}
