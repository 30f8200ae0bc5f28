// Faults to inject: which calls they hit, and what happens to these instead of an answer.
import * as z from 'zod/mini';
import english from 'zod/v4/locales/en.js';
import { EmulatorSettingError } from './settings.ts';

const kinds = ['error', 'http', 'html', 'reset-before', 'reset-after', 'hang', 'cut', 'truncated'] as const;

/** The words in which zod says what is wrong; the small zod has none of its own. */
const { localeError: inEnglish } = english();

const name = z.string().check(z.minLength(1));
const positive = z.int().check(z.positive());

/** One fault, as it is given on the command line or by a test. */
export const emulatorFaultSchema = z.strictObject({
  /** A method, or * for all. */
  method: z.optional(name),
  /** Id or name as the call gives it. */
  application: z.optional(z.union([positive, name])),
  /** First call to hit, counted from 1 among those that match. */
  nth: z.prefault(positive, 1),
  /** How many calls to hit from there on. */
  count: z.prefault(z.union([positive, z.literal('all')]), 1),
  /**
   * error: an API error; http: a status with a JSON body; html: a page; reset-before, reset-after: the connection breaks
   * before or after the call takes effect; hang: no answer; cut: the body ends early and the connection with it;
   * truncated: half of the JSON.
   */
  kind: z.enum(kinds),
  /** API error code, for kind error. */
  code: z.prefault(positive, 2),
  /** HTTP status; 200 for error, 503 for http, 502 for html. */
  status: z.optional(z.int().check(z.minimum(200), z.maximum(599))),
  /** Retry-After header. */
  retryAfterSeconds: z.optional(z.int().check(z.minimum(0))),
  /** Whether the call takes effect all the same; true for reset-after, cut and truncated. */
  isCommitted: z.optional(z.boolean()),
});

/** A fault as it is given. */
export type EmulatorFault = z.input<typeof emulatorFaultSchema>;
export type FaultKind = (typeof kinds)[number];

/** A fault that hits a call. */
export type ActiveFault = z.infer<typeof emulatorFaultSchema> & { readonly isCommitted: boolean };

/** What a fault is matched against. */
export interface FaultSubject {
  readonly method: string;
  /** Id, short name and full name of the application, as far as the call names one. */
  readonly application: readonly (number | string)[];
}

/** The faults in force. */
export interface Faults {
  /** Adds a fault and returns what removes it again. Throws `EmulatorSettingError` for one that makes no sense. */
  add(fault: EmulatorFault): () => void;
  clear(): void;
}

interface Entry {
  readonly fault: ActiveFault;
  matched: number;
}

/** Faults and their counters. Every fault counts every call that matches it; the first one that is due hits. */
export class FaultPlan implements Faults {
  readonly #entries = new Set<Entry>();

  add(fault: EmulatorFault): () => void {
    const parsed = readFault(fault);
    const isCommitted = parsed.isCommitted ?? ['reset-after', 'cut', 'truncated'].includes(parsed.kind);
    const entry = { fault: { ...parsed, isCommitted }, matched: 0 };
    this.#entries.add(entry);
    return () => void this.#entries.delete(entry);
  }

  clear(): void {
    this.#entries.clear();
  }

  /** Counts a call, and gives the fault that hits it. */
  take(subject: FaultSubject): ActiveFault | undefined {
    let hit: ActiveFault | undefined;
    for (const entry of this.#entries) {
      if (matches(entry.fault, subject) && isDue(entry)) hit ??= entry.fault;
    }
    return hit;
  }
}

/** A fault with its defaults filled in. Throws `EmulatorSettingError` with one line for everything that makes no sense. */
export function readFault(fault: unknown): z.infer<typeof emulatorFaultSchema> {
  const parsed = emulatorFaultSchema.safeParse(fault, { error: inEnglish });
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => `fault ${issue.path.join('.')}: ${issue.message}`);
  throw new EmulatorSettingError(lines.join('\n'));
}

function matches(fault: ActiveFault, subject: FaultSubject): boolean {
  const isMethod = fault.method === undefined || fault.method === '*' || fault.method === subject.method;
  return isMethod && (fault.application === undefined || subject.application.includes(fault.application));
}

function isDue(entry: Entry): boolean {
  entry.matched += 1;
  const { nth, count } = entry.fault;
  return entry.matched >= nth && (count === 'all' || entry.matched < nth + count);
}
