// Values that nobody else writes, and the search for their traces in texts: plain, escaped, or encoded at any offset.
import { randomBytes } from 'node:crypto';

export interface Canary {
  /** Where it is put, for messages. */
  readonly place: string;
  readonly value: string;
}

const coreLength = 32;

/** A value with letters, signs and line ends around 32 hex digits that occur nowhere else. */
export function hatch(place: string): Canary {
  return { place, value: `Kä/"${randomBytes(coreLength / 2).toString('hex')}"\\ +&=%\n🔥` };
}

/** The places of the canaries of which the text holds a trace, each with the form of the trace. */
export function tracesIn(text: string, canaries: readonly Canary[]): readonly string[] {
  return canaries.flatMap(({ place, value }) =>
    Object.entries(formsOf(value))
      .filter(([, forms]) => forms.some((form) => text.includes(form)))
      .map(([form]) => `${place}: ${form}`),
  );
}

/** Parts of the core are looked for as well: a message may have cut the value. */
function formsOf(value: string): Record<string, readonly string[]> {
  const core = /[0-9a-f]{32}/.exec(value)?.[0] ?? value;
  const parts = [0, 10, 20].map((start) => core.slice(start, start + 12));
  const base64 = [0, 1, 2].flatMap((offset) => base64At(core, offset));
  return {
    plain: parts,
    reversed: [Array.from(core).toReversed().join('').slice(0, 16)],
    hex: [Buffer.from(core).toString('hex').slice(0, 32)],
    'URL-encoded': [encodeURIComponent(value), new URLSearchParams({ value }).toString().slice(6)],
    'JSON-escaped': [JSON.stringify(value).slice(1, -1)],
    base64: [...base64, ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))],
  };
}

/** The middle of what base64 makes of the core when so many other bytes stand before it. */
function base64At(core: string, offset: number): readonly string[] {
  const encoded = Buffer.from(`${'x'.repeat(offset)}${core}`).toString('base64');
  return [encoded.slice(4, 20), encoded.slice(20, 36)];
}
