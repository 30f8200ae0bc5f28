// The schemas of everything around a pass: deletes, limits, drift, schedule, server, logs.
import * as z from 'zod';
import { refuse, flawMessage } from './flaw.ts';
import { duration, text } from './schema-values.ts';
import { timezoneFlaw } from './values.ts';

const day = 24 * 60 * 60 * 1000;

export const pruneSchema = z
  .strictObject({
    grace: duration(0, 366 * day)
      .prefault('15m')
      .describe('How long an absence must stay proven before the secret is deleted; `0s` deletes at once.'),
  })
  .transform(({ grace }) => ({ graceMs: grace }));

function threshold(what: string) {
  return z.strictObject({
    count: z.int().min(0).optional().describe(`Most ${what} in one application; without it no such limit.`),
    percent: z
      .number()
      .min(0)
      .max(100)
      .optional()
      .describe(
        `Most ${what} as a share of our secrets there, from ten secrets on; without it no such limit.`,
      ),
  });
}

export const guardSchema = z.strictObject({
  maxDeletes: threshold('deletes')
    .default({ count: 10, percent: 30 })
    .describe('How many deletes one pass may make; `{}` takes the limits away.'),
  maxUpdates: threshold('value updates')
    .default({ count: 50, percent: 50 })
    .describe('How many value updates one pass may make; `{}` takes the limits away.'),
});

export const driftSchema = z.strictObject({
  detect: z
    .enum(['modified', 'values', 'off'])
    .default('modified')
    .describe(
      'How changes made by others are noticed: by the time of change, by reading every value, or not at all.',
    ),
});

const jitter = () => duration(0).prefault('0s').describe('Longest random delay before a pass.');

const cronScheduleSchema = z
  .strictObject({
    cron: text().describe('Cron expression of five fields.'),
    timezone: z
      .string()
      .superRefine(refuse(timezoneFlaw))
      .default('Etc/UTC')
      .describe('Timezone of the expression (IANA name).'),
    jitter: jitter(),
  })
  .transform(({ jitter, ...rest }) => ({ ...rest, jitterMs: jitter }));

const intervalScheduleSchema = z
  .strictObject({
    every: duration(1000).describe('Time from the start of one pass to the start of the next.'),
    jitter: jitter(),
  })
  .transform(({ every, jitter }) => ({ everyMs: every, jitterMs: jitter }));

export const scheduleSchema = z.union([cronScheduleSchema, intervalScheduleSchema], {
  error: flawMessage({
    reason: 'needs exactly one of cron and every',
    hint: 'write { cron: "*/5 * * * *" } or { every: 5m }',
  }),
});

export const serverSchema = z.strictObject({
  host: text().default('0.0.0.0').describe('Address that `voxsync run` listens on.'),
  port: z.int().min(0).max(65_535).default(8080).describe('Port that it listens on; 0 takes a free one.'),
});

export const logSchema = z.strictObject({
  level: z
    .enum(['trace', 'debug', 'info', 'warn', 'error'])
    .default('info')
    .describe('Least severity that is logged.'),
  format: z
    .enum(['json', 'pretty'])
    .optional()
    .describe('Form of the log lines; without it pretty on a terminal, json elsewhere.'),
});
