// The shapes of the API's answers: only the fields we use, and every form in which they may come.
import * as z from 'zod';
import { SecretBox } from '../../secret/box.ts';
import type { Application, ListedSecret } from '../target.ts';

const count = z.union([
  z.int().nonnegative(),
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
]);
const id = count.refine((value) => value > 0);

/** One result: an object, a list of one, or the fields beside `result`. */
function single<T extends z.ZodType>(schema: T) {
  return z.preprocess(unwrap, schema);
}

function unwrap(answer: unknown): unknown {
  if (typeof answer !== 'object' || answer === null || !('result' in answer)) return answer;
  const { result } = answer;
  if (Array.isArray(result) && result.length === 1) return result[0] as unknown;
  return typeof result === 'object' && !Array.isArray(result) ? result : answer;
}

const flag = z.union([
  z.boolean(),
  z.literal([1, '1', 'true']).transform(() => true),
  z.literal([0, '0', 'false']).transform(() => false),
]);

const error = z.object({ code: count });

/** A list whose items nobody has looked at: zod would look at all of them, and keep a complaint about each. */
const list = z.custom<readonly unknown[]>(Array.isArray);

/** An error, whatever else comes with it; gives its code. */
export const errorAnswer = z.union([
  z.object({ error }).transform((answer) => answer.error.code),
  z
    .object({ errors: list })
    .transform(({ errors }) => errors[0])
    .pipe(error)
    .transform(({ code }) => code),
]);

/** SetSecretInfo and DelSecret: done. */
export const doneAnswer = z.object({ result: z.literal([1, '1', true]) });

/** AddSecret: done. */
export const addedAnswer = single(z.object({ secret_id: id }));

/** GetSecretValue. The text is boxed as it is read; the id, where it is told, is there to be compared. */
export const valueAnswer = single(
  z
    .object({ secret_id: id.optional(), secret_value: z.string() })
    .transform((answer) => ({ id: answer.secret_id, value: new SecretBox(answer.secret_value) })),
);

/** GetAccountInfo: whether calls and writes can work at all. */
export const accountAnswer = single(
  z
    .object({ active: flag, frozen: flag.default(false) })
    .transform(({ active, frozen }) => ({ active, frozen })),
);

/** A page; the first row that is none ends the reading of it. */
function page<T extends z.ZodType>(row: T) {
  return z.object({ result: list, total_count: count.nullish() }).transform((answer, context) => {
    const rows: z.output<T>[] = [];
    for (const one of answer.result) {
      const { success, data } = row.safeParse(one);
      if (!success) {
        context.addIssue('a row of an unknown shape');
        return z.NEVER;
      }
      rows.push(data);
    }
    return { rows, total: answer.total_count ?? undefined };
  });
}

/** A page of GetSecrets. */
export const secretsAnswer = page(
  z
    .object({
      secret_id: id,
      secret_name: z.string().min(1),
      description: z.string().nullish(),
      modified: z.unknown().optional(),
    })
    .transform((row): ListedSecret => ({
      id: row.secret_id,
      name: row.secret_name,
      description: row.description ?? '',
      modifiedAt: parseTime(row.modified),
    })),
);

/** A page of GetApplications. */
export const applicationsAnswer = page(
  z.object({ application_id: id, application_name: z.string().min(1) }).transform((row): Application => ({
    id: row.application_id,
    name: row.application_name,
    shortName: row.application_name.split('.', 1)[0] ?? row.application_name,
  })),
);

/** `YYYY-MM-DD HH:mm:ss`, taken as UTC, in seconds since 1970. */
function parseTime(text: unknown): number | undefined {
  if (typeof text !== 'string') return undefined;
  const match = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)/.exec(text);
  if (match === null) return undefined;
  const time = Date.parse(`${match[1]}T${match[2]}Z`);
  return Number.isNaN(time) ? undefined : time / 1000;
}
