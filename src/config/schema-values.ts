// The small schemas that options share: durations, ids, addresses, texts that are not empty, and documents kept outside the config.
import * as z from 'zod/mini';
import { addressFlaw, durationFlaw, millisecondsOf } from './values.ts';
import type { Flaw } from './flaw.ts';
import { flawMessage, refuse } from './flaw.ts';
import { described, transformed } from './schema-words.ts';

const durationForm = /^\d{1,9}(?:\.\d{1,3})?(?:ms|s|m|h|d)$/;

const durationMessage = flawMessage({
  reason: 'is no duration',
  hint: 'write a number and a unit, such as 30s, 15m or 2h',
});
const second = 1000;
const day = 24 * 60 * 60 * second;

/** A duration such as `30s`, parsed to milliseconds. The longest is one day where not given: timers cannot wait for ever. */
export function duration(atLeastMs: number = 1, atMostMs: number = day) {
  const inRange = refuse<string>((text) => durationFlaw(text, atLeastMs, atMostMs));
  const form = z.regex(durationForm, { error: durationMessage });
  return transformed(z.string({ error: durationMessage }).check(form, inRange), millisecondsOf);
}

/** A text of at least one character. */
export function text() {
  return z.string().check(z.minLength(1));
}

/** A text of a certain form; `flaw` says what is wrong with any other. */
export function form(pattern: RegExp, flaw: Flaw) {
  return z.string().check(z.regex(pattern, { error: flawMessage(flaw) }));
}

/** The ids under which accounts and sources are named in mappings. */
export function id() {
  return form(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, {
    reason: 'is no usable id',
    hint: 'start with a letter, and use at most 64 letters, digits, - and _',
  });
}

/** An http(s) address; plain http goes to this machine only. */
export function address() {
  return z.string().check(refuse(addressFlaw));
}

/** A host, with a port or without: `vault-1.internal:8200`, `[::1]:8200`. */
export function host() {
  return form(/^(?:[\w.-]+|\[[\da-fA-F:.]+\])(?::\d{1,5})?$/, {
    reason: 'is no host',
    hint: 'write it without a scheme: vault-1.internal:8200',
  });
}

/** Something secret, or a document of its own: never inline, always the name of the place that holds it. */
export type Document = { readonly file: string } | { readonly env: string };

/** A `Document`; relative files are resolved when the config is loaded. */
export function document() {
  return z.union(
    [
      z.strictObject({ file: described(text(), 'Path of the file that holds it.') }),
      z.strictObject({ env: described(text(), 'Name of the environment variable that holds it.') }),
    ],
    {
      error: flawMessage({
        reason: 'needs exactly one of file and env',
        hint: 'write { file: PATH } or { env: NAME }',
      }),
    },
  );
}
