// Looking into what Vault answered, which is unknown until looked at.
import { isLosslessNumber } from 'lossless-json';
import { VoxsyncError } from '../../errors.ts';

/** An answer that is Vault's: a status, and the JSON it came with, if any. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  /** When it was given by Vault's clock, in milliseconds since 1970. */
  readonly atMs: number;
}

/** The member of an object at the end of the keys; `undefined` where there is none. */
export function memberOf(value: unknown, ...keys: readonly string[]): unknown {
  let place = value;
  for (const key of keys) {
    if (!isObject(place) || !Object.hasOwn(place, key)) return undefined;
    place = Reflect.get(place, key);
  }
  return place;
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value);
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function numberOf(value: unknown): number | undefined {
  return isLosslessNumber(value) ? Number(value.toString()) : undefined;
}

/** Vault's own error texts; `undefined` when the answer has no list of them. */
export function errorsOf(body: unknown): readonly string[] | undefined {
  const errors = memberOf(body, 'errors');
  if (!Array.isArray(errors)) return undefined;
  return errors.filter((text) => typeof text === 'string');
}

/**
 * Whether Vault says that there is nothing at the path: 404 with an empty list of errors. A 404 with errors means that
 * the mount or the namespace does not exist, and one without a list was not written by Vault.
 */
export function saysNothingThere({ status, body }: Answer): boolean {
  const errors = memberOf(body, 'errors');
  return status === 404 && Array.isArray(errors) && errors.length === 0;
}

/** An answer whose shape is not that of the path asked. */
export function misshapen(id: string, shown: string, expected: string): VoxsyncError {
  return new VoxsyncError('source-answer-invalid', `${id}: the answer for ${shown} is not ${expected}`);
}
