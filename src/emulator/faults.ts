// Faults to inject: which calls they hit, and what happens to these instead of an answer.
import * as z from 'zod';
import { EmulatorSettingError } from './settings.ts';

const kinds = ['error', 'http', 'html', 'reset-before', 'reset-after', 'hang', 'cut', 'truncated'] as const;

/** One fault, as it is given on the command line or by a test. */
export const emulatorFaultSchema = z.strictObject({
  method: z.string().min(1).optional().describe('a method, or * for all'),
  application: z
    .union([z.int().positive(), z.string().min(1)])
    .optional()
    .describe('id or name as the call gives it'),
  nth: z.int().positive().default(1).describe('first call to hit, counted from 1 among those that match'),
  count: z
    .union([z.int().positive(), z.literal('all')])
    .default(1)
    .describe('how many calls to hit from there on'),
  kind: z
    .enum(kinds)
    .describe(
      'error: an API error; http: a status with a JSON body; html: a page; reset-before, reset-after: the connection breaks before or after the call takes effect; hang: no answer; cut: the body ends early and the connection with it; truncated: half of the JSON',
    ),
  code: z.int().positive().default(2).describe('API error code, for kind error'),
  status: z
    .int()
    .min(200)
    .max(599)
    .optional()
    .describe('HTTP status; 200 for error, 503 for http, 502 for html'),
  retryAfterSeconds: z.int().min(0).optional().describe('Retry-After header'),
  isCommitted: z
    .boolean()
    .optional()
    .describe('whether the call takes effect all the same; true for reset-after, cut and truncated'),
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
  const parsed = emulatorFaultSchema.safeParse(fault);
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
