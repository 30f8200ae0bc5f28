// Answers in the shape that the switches ask for.
import { formatDate } from './dates.ts';
import type { Page } from './paging.ts';
import type { StoredSecret } from './store.ts';
import type { EmulatorSwitches } from './switches.ts';

/** A JSON object, before it is written. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** An id or a count. */
export function numberIn(value: number, switches: EmulatorSwitches): number | string {
  return switches.numbersAs === 'string' ? String(value) : value;
}

/** What stands for success. */
export function successIn(switches: EmulatorSwitches): JsonObject {
  const spelled = { number: 1, string: '1', boolean: true };
  return { result: spelled[switches.successResult] };
}

/** One object as `{result: {…}}`, `{result: [{…}]}`, or with its fields at the top. */
export function resultIn(shape: EmulatorSwitches['addSecretResult'], fields: JsonObject): JsonObject {
  if (shape === 'flat') return fields;
  return { result: shape === 'list' ? [fields] : fields };
}

/** A page of rows with its counts. */
export function listIn(
  page: Page<unknown>,
  rows: readonly JsonObject[],
  switches: EmulatorSwitches,
): JsonObject {
  const total = page.total === undefined ? {} : { total_count: numberIn(page.total, switches) };
  return { result: rows, count: numberIn(rows.length, switches), ...total };
}

/** A secret as it is listed: everything but its value. */
export function secretIn(secret: StoredSecret, switches: EmulatorSwitches): JsonObject {
  return {
    secret_id: numberIn(secret.id, switches),
    secret_name: secret.name,
    ...descriptionIn(secret.description, switches),
    created: formatDate(secret.created, switches.timezoneOffsetMinutes),
    modified: formatDate(secret.modified, switches.timezoneOffsetMinutes),
  };
}

function descriptionIn(description: string, switches: EmulatorSwitches): JsonObject {
  if (description !== '' || switches.emptyDescription === 'empty') return { description };
  return switches.emptyDescription === 'null' ? { description: null } : {};
}
