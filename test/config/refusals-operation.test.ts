// What is refused in schedule, limits and logs: each with its exact line, column, path, reason and advice.
import { describe, expect, it } from 'vitest';
import type { Case, Changes } from './text.ts';
import { linesOf } from './text.ts';

const more = (m: string): Changes => ({ more: m });

describe('schedule, limits and logs', () => {
  it.each<Case>([
    [
      'an endless grace',
      more('prune: { grace: 367d }'),
      ['6:17: prune.grace: is too long; write 366d or shorter'],
    ],
    [
      'a negative grace',
      more('prune: { grace: -1s }'),
      ['6:17: prune.grace: is no duration; write a number and a unit, such as 30s, 15m or 2h'],
    ],
    [
      'a negative count',
      more('guard: { maxDeletes: { count: -1 } }'),
      ['6:31: guard.maxDeletes.count: is too small; write 0 or more'],
    ],
    [
      'more than all',
      more('guard: { maxUpdates: { percent: 101 } }'),
      ['6:33: guard.maxUpdates.percent: is too large; write 100 or less'],
    ],
    [
      'an unknown way to notice drift',
      more('drift: { detect: value }'),
      ['6:18: drift.detect: is none of the known values; did you mean values? (modified, values or off)'],
    ],
    [
      'cron and every',
      more('schedule: { cron: "* * * * *", every: 5m }'),
      ['6:11: schedule: needs exactly one of cron and every; write { cron: "*/5 * * * *" } or { every: 5m }'],
    ],
    [
      'a schedule of nothing',
      more('schedule: {}'),
      ['6:11: schedule: needs exactly one of cron and every; write { cron: "*/5 * * * *" } or { every: 5m }'],
    ],
    [
      'a mistyped key of a schedule',
      more('schedule: { cron: "* * * * *", timezon: Etc/UTC }'),
      ['6:32: schedule.timezon: is no known key; did you mean timezone?'],
    ],
    [
      'six fields of cron',
      more('schedule: { cron: "0 * * * * *" }'),
      [
        '6:19: schedule.cron: is no cron expression of five fields; write minute, hour, day, month, weekday: "*/5 * * * *"',
      ],
    ],
    [
      'a minute that does not exist',
      more('schedule: { cron: "60 * * * *" }'),
      [
        '6:19: schedule.cron: is no valid cron expression; write it such as "*/5 * * * *", on a date that exists',
      ],
    ],
    [
      'a date that does not exist',
      more('schedule: { cron: "0 0 30 2 *" }'),
      [
        '6:19: schedule.cron: is no valid cron expression; write it such as "*/5 * * * *", on a date that exists',
      ],
    ],
    [
      'two kinds of days',
      more('schedule: { cron: "0 0 1 * 1" }'),
      [
        '6:19: schedule.cron: restricts both the day of the month and the weekday, which schedulers read differently; write * for one of them',
      ],
    ],
    [
      'an unknown timezone',
      more('schedule: { cron: "* * * * *", timezone: Mars/Olympus }'),
      ['6:42: schedule.timezone: is no known timezone; write an IANA name, such as Europe/Berlin or Etc/UTC'],
    ],
    [
      'a pass every instant',
      more('schedule: { every: 10ms }'),
      ['6:20: schedule.every: is too short; write 1s or longer'],
    ],
    [
      'a port beyond the last',
      more('server: { port: 65536 }'),
      ['6:17: server.port: is too large; write 65535 or less'],
    ],
    [
      'an unknown level',
      more('log: { level: verbose }'),
      ['6:15: log.level: is none of the known values; write trace, debug, info, warn or error'],
    ],
    [
      'a level that is nearly one',
      more('log: { level: wran }'),
      [
        '6:15: log.level: is none of the known values; did you mean warn? (trace, debug, info, warn or error)',
      ],
    ],
    [
      'an unknown form',
      more('log: { format: text }'),
      ['6:16: log.format: is none of the known values; write json or pretty'],
    ],
    [
      'a log that is a word',
      more('log: debug'),
      ['6:6: log: must be a mapping of keys to values; write one key: value a line'],
    ],
  ])('%s', async (_name, changes, lines) => {
    expect(await linesOf(changes)).toEqual(lines);
  });
});
