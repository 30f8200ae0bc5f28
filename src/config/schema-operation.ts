// The schemas of everything around a pass: deletes, limits, drift, schedule, server, logs.
import * as z from 'zod/mini';
import { refuse, flawMessage } from './flaw.ts';
import { duration, text } from './schema-values.ts';
import { described, optional, prefilled, transformed, withDefault } from './schema-words.ts';
import { timezoneFlaw } from './values.ts';

const day = 24 * 60 * 60 * 1000;

export const pruneSchema = transformed(
  z.strictObject({
    grace: prefilled(
      duration(0, 366 * day),
      '15m',
      'How long an absence must stay proven before the secret is deleted; `0s` deletes at once.',
    ),
  }),
  ({ grace }) => ({ graceMs: grace }),
);

function threshold(what: string) {
  return z.strictObject({
    count: optional(
      z.int().check(z.minimum(0)),
      `Most ${what} in one application; without it no such limit.`,
    ),
    percent: optional(
      z.number().check(z.minimum(0), z.maximum(100)),
      `Most ${what} as a share of our secrets there, from ten secrets on; without it no such limit.`,
    ),
  });
}

export const guardSchema = z.strictObject({
  maxDeletes: withDefault(
    threshold('deletes'),
    { count: 10, percent: 30 },
    'How many deletes one pass may make; `{}` takes the limits away.',
  ),
  maxUpdates: withDefault(
    threshold('value updates'),
    { count: 50, percent: 50 },
    'How many value updates one pass may make; `{}` takes the limits away.',
  ),
});

export const driftSchema = z.strictObject({
  detect: withDefault(
    z.enum(['modified', 'values', 'off']),
    'modified',
    'How changes made by others are noticed: by the time of change, by reading every value, or not at all.',
  ),
});

const jitter = () => prefilled(duration(0), '0s', 'Longest random delay before a pass.');

const cronScheduleSchema = transformed(
  z.strictObject({
    cron: described(text(), 'Cron expression of five fields.'),
    timezone: withDefault(
      z.string().check(refuse(timezoneFlaw)),
      'Etc/UTC',
      'Timezone of the expression (IANA name).',
    ),
    jitter: jitter(),
  }),
  ({ jitter, ...rest }) => ({ ...rest, jitterMs: jitter }),
);

const intervalScheduleSchema = transformed(
  z.strictObject({
    every: described(duration(1000), 'Time from the start of one pass to the start of the next.'),
    jitter: jitter(),
  }),
  ({ every, jitter }) => ({ everyMs: every, jitterMs: jitter }),
);

export const scheduleSchema = z.union([cronScheduleSchema, intervalScheduleSchema], {
  error: flawMessage({
    reason: 'needs exactly one of cron and every',
    hint: 'write { cron: "*/5 * * * *" } or { every: 5m }',
  }),
});

export const serverSchema = z.strictObject({
  host: withDefault(text(), '0.0.0.0', 'Address that `voxsync run` listens on.'),
  port: withDefault(
    z.int().check(z.minimum(0), z.maximum(65_535)),
    8080,
    'Port that it listens on; 0 takes a free one.',
  ),
});

export const logSchema = z.strictObject({
  level: withDefault(
    z.enum(['trace', 'debug', 'info', 'warn', 'error']),
    'info',
    'Least severity that is logged.',
  ),
  format: optional(
    z.enum(['json', 'pretty']),
    'Form of the log lines; without it pretty on a terminal, json elsewhere.',
  ),
});
