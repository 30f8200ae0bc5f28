// Cron expressions that mean the same here and in Kubernetes. Loaded only for a config that has one.
import { validate } from 'node-cron';
import type { Flaw } from './flaw.ts';

/** What is wrong with a cron expression of five fields; `undefined` when it is fine. */
export function cronFlaw(expression: string): Flaw | undefined {
  const fields = expression.trim().split(/\s+/);
  if (fields.length !== 5)
    return {
      reason: 'is no cron expression of five fields',
      hint: 'write minute, hour, day, month, weekday: "*/5 * * * *"',
    };
  if (!validate(expression))
    return {
      reason: 'is no valid cron expression',
      hint: 'write it such as "*/5 * * * *", on a date that exists',
    };
  if (isRestricted(fields[2]) && isRestricted(fields[4]))
    return {
      reason: 'restricts both the day of the month and the weekday, which schedulers read differently',
      hint: 'write * for one of them',
    };
  return undefined;
}

function isRestricted(field: string | undefined): boolean {
  return field !== '*' && field !== '?';
}
