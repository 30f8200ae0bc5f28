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

/** A page; the first row that is none ends the reading of it. */
function page<T extends z.ZodMiniType>(row: T) {
  const answer = z.object({ result: list, total_count: z.nullish(count) });
  const read = z.transform((page: z.output<typeof answer>, context) => {
    const rows: z.output<T>[] = [];
    for (const one of page.result) {
      const { success, data } = row.safeParse(one);
      if (!success) {
        context.issues.push({ code: 'custom', input: one, message: 'a row of an unknown shape' });
        return z.NEVER;
      }
      rows.push(data);
    }
    return { rows, total: page.total_count ?? undefined };
  });
  return z.pipe(answer, read);
}

/** A page of GetSecrets. */
export const secretsAnswer = page(
  z.pipe(
    z.object({
      secret_id: id,
      secret_name: filled,
      description: z.nullish(z.string()),
      modified: z.optional(z.unknown()),
    }),
    z.transform((row): ListedSecret => ({
      id: row.secret_id,
      name: row.secret_name,
      description: row.description ?? '',
      modifiedAt: parseTime(row.modified),
    })),
  ),
);

/** A page of GetApplications. */
export const applicationsAnswer = page(
  z.pipe(
    z.object({ application_id: id, application_name: filled }),
    z.transform((row): Application => ({
      id: row.application_id,
      name: row.application_name,
      shortName: row.application_name.split('.', 1)[0] ?? row.application_name,
    })),
  ),
);

/** `YYYY-MM-DD HH:mm:ss`, taken as UTC, in seconds since 1970. */
function parseTime(text: unknown): number | undefined {
  if (typeof text !== 'string') return undefined;
  const match = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)/.exec(text);
  if (match === null) return undefined;
  const time = Date.parse(`${match[1]}T${match[2]}Z`);
  return Number.isNaN(time) ? undefined : time / 1000;
}
