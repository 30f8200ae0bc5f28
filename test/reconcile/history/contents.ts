// What a source of a history truly holds, and the source over it, which may tell less than that.
import { VoxsyncError } from '../../../src/errors.ts';
import { SecretBox } from '../../../src/secret/box.ts';
import type { SecretReference } from '../../../src/secret/reference.ts';
import type { Discovery, DiscoveryQuery, Reading, Source } from '../../../src/sources/source.ts';

/**
 * How much a source tells:
 * - `clear`: everything, and its listing is complete by nature, as of a file;
 * - `traced`: its listing proves no absence, but shows what was deleted with a trace, as AWS and Vault do;
 * - `lagging`: as `traced`, and the listing is as old as this mode;
 * - `empty`: as `traced`, and the listing shows nothing;
 * - `partial`: as `traced`, and one secret cannot be read nor listed;
 * - `closed`: as `traced`, and it shows versions, and gives no value;
 * - `down`: nothing at all.
 */
export const modes = ['clear', 'traced', 'lagging', 'empty', 'partial', 'closed', 'down'] as const;
export type Mode = (typeof modes)[number];

interface Stored {
  readonly value: string;
  readonly version: string;
}

interface State {
  readonly present: ReadonlyMap<string, Stored>;
  /** Deleted, and listed as deleted. */
  readonly traces: ReadonlySet<string>;
}

const hidden = 'a';
const unresolved = {
  state: 'unresolved',
  error: new VoxsyncError('source-unreachable', 'no answer'),
} as const;

export class Contents {
  readonly #id: string;
  readonly #dress: (value: string) => string;
  #mode: Mode = 'clear';
  #state: State = { present: new Map(), traces: new Set() };
  /** What a listing that lags shows. */
  #older: State = this.#state;
  readonly #lasts = new Map<string, Stored>();
  #count = 0;

  /** `dress` turns values into others, different ones into different ones. */
  constructor(id: string, dress: (value: string) => string = (value) => value) {
    this.#id = id;
    this.#dress = dress;
  }

  get mode(): Mode {
    return this.#mode;
  }

  set mode(mode: Mode) {
    if (mode === 'lagging' && this.#mode !== 'lagging') this.#older = this.#state;
    this.#mode = mode;
  }

  get names(): readonly string[] {
    return [...this.#state.present.keys()];
  }

  valueOf(secret: string): string | undefined {
    return this.#state.present.get(secret)?.value;
  }

  /** A new version; its value is one that never was, unless `value` is given. Tells the value. */
  set(secret: string, value?: string): string {
    this.#count += 1;
    const stored = {
      value: value ?? this.#fresh(secret),
      version: `v${this.#count}`,
    };
    this.#put(secret, stored);
    return stored.value;
  }

  /** JSON with one field or two, so that fields come and go. */
  #fresh(secret: string): string {
    const text = this.#dress(`${this.#id}/${secret}#${this.#count}`);
    return JSON.stringify(this.#count % 3 === 0 ? { u: text, w: `${text}w` } : { u: text });
  }

  #put(secret: string, stored: Stored): void {
    const { present, traces } = this.#state;
    this.#lasts.set(secret, stored);
    this.#state = {
      present: new Map([...present, [secret, stored]]),
      traces: new Set([...traces].filter((trace) => trace !== secret)),
    };
  }

  /** As it was before it was deleted: the same value in the same version. */
  restore(secret: string): void {
    const last = this.#lasts.get(secret);
    if (last !== undefined && !this.#state.present.has(secret)) this.#put(secret, last);
  }

  /** The value goes on under another name. */
  rename(secret: string, to: string): void {
    const value = this.valueOf(secret);
    if (value === undefined || secret === to) return;
    this.delete(secret, true);
    this.set(to, value);
  }

  delete(secret: string, isTraced: boolean): void {
    const { present, traces } = this.#state;
    if (!present.has(secret)) return;
    this.#state = {
      present: new Map([...present].filter(([name]) => name !== secret)),
      traces: new Set(isTraced ? [...traces, secret] : traces),
    };
  }

  /** Whether a listing shows that it is there. */
  lists(secret: string): boolean {
    if (this.#mode === 'empty' || this.isSilentAbout(secret)) return false;
    return this.#listed().present.has(secret);
  }

  /** Whether it would be told, when asked by name, that the secret is gone. */
  provesGone(secret: string): boolean {
    return !this.#state.present.has(secret) && !this.isSilentAbout(secret);
  }

  isSilentAbout(secret: string): boolean {
    return this.#mode === 'down' || (this.#mode === 'partial' && secret === hidden);
  }

  /** Whether its listing, with what is asked because of it, tells what became of the secret. */
  settles(secret: string): boolean {
    const { present, traces } = this.#listed();
    if (this.#mode === 'clear') return true;
    if (this.#mode === 'empty' || this.isSilentAbout(secret)) return false;
    return present.has(secret) || (traces.has(secret) && this.provesGone(secret));
  }

  source(): Source {
    const observe = async (references: readonly SecretReference[]) =>
      references.map(({ secret }) => this.#readingOf(secret));
    return {
      observe,
      read: async (references) => {
        const readings = await observe(references);
        const isClosed = this.#mode === 'closed';
        return readings.map((one) => (isClosed && one.state === 'present' ? unresolved : one));
      },
      discover: async (query) => this.#discoveryOf(query),
      close: async () => {},
    };
  }

  #listed(): State {
    return this.#mode === 'lagging' ? this.#older : this.#state;
  }

  #readingOf(secret: string): Reading {
    if (this.isSilentAbout(secret)) return unresolved;
    const stored = this.#state.present.get(secret);
    if (stored === undefined) return { state: 'absent', proof: 'asked by name' };
    const content = { form: 'text', box: new SecretBox(stored.value) } as const;
    return { state: 'present', version: versionOf(stored), content };
  }

  #discoveryOf({ prefix }: DiscoveryQuery): Discovery {
    if (this.#mode === 'down') return unresolved;
    if (this.#mode === 'empty') return { state: 'listed', found: [], gone: [], isAuthoritative: false };
    const { present, traces } = this.#listed();
    const isShown = (secret: string) => secret.startsWith(prefix) && !this.isSilentAbout(secret);
    const found = [...present].flatMap(([secret, stored]) =>
      isShown(secret) ? [{ secret, version: versionOf(stored) }] : [],
    );
    const isAuthoritative = this.#mode === 'clear';
    const gone = isAuthoritative ? [] : [...traces].filter(isShown);
    return { state: 'listed', found, gone, isAuthoritative };
  }
}

function versionOf({ version }: Stored) {
  return { id: version, label: version };
}
