// The journal: every call that came in and what became of it, without any value of a secret, key or token.
import type { FaultKind } from './faults.ts';
import type { ApiCall } from './request.ts';

const capacity = 10_000;
const longestParameter = 8192;
const longestMethod = 64;
const mostMethods = 100;

const shownParameters = new Set([
  'application_id',
  'application_name',
  'secret_id',
  'secret_name',
  'secret_name_part',
  'new_secret_name',
  'description',
  'count',
  'offset',
  'account_id',
]);

/** One call. */
export interface JournalEntry {
  readonly at: Date;
  /** As the call spells it; empty when it names none, and for a request that is no call. */
  readonly method: string;
  /** The known parameters, cut to 8192 characters each, but never `secret_value` or `api_key`. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Whether the call carried a value, and where. */
  readonly secretValue: ApiCall['valuePlace'];
  /** Id of the account, once the call is authorized. */
  readonly account: number | undefined;
  /** Id of the application that the call names, if it exists; the main account's goes before a child's of the same name. */
  readonly application: number | undefined;
  readonly outcome: Outcome;
}

/** `refused` carries the API's code, or the HTTP status of a request that was no call. */
export type Outcome =
  | { readonly kind: 'answered' }
  | { readonly kind: 'refused'; readonly code: number }
  | { readonly kind: 'faulted'; readonly fault: FaultKind; readonly isCommitted: boolean };

/** What tests and the command line see of it. */
export interface Journal {
  /** The last 10,000 calls, oldest first. */
  readonly entries: readonly JournalEntry[];
  /** All calls since the start or the last `clear`, also those no longer kept. */
  countByMethod(): Readonly<Record<string, number>>;
  /** The most calls that were under way at once. */
  readonly highestConcurrency: number;
  /** Tells every entry from now on; returns what stops that. */
  follow(listener: (entry: JournalEntry) => void): () => void;
  clear(): void;
}

/** The journal as the server keeps it. */
export class CallJournal implements Journal {
  #entries: JournalEntry[] = [];
  #counts = new Map<string, number>();
  #underWay = 0;
  readonly #listeners = new Set<(entry: JournalEntry) => void>();
  highestConcurrency = 0;

  get entries(): readonly JournalEntry[] {
    return this.#entries;
  }

  record(entry: JournalEntry): void {
    if (this.#entries.length >= capacity) this.#entries = this.#entries.slice(capacity / 10);
    this.#entries.push(entry);
    const isCounted = this.#counts.has(entry.method) || this.#counts.size < mostMethods;
    const method = isCounted ? entry.method : 'other';
    this.#counts.set(method, (this.#counts.get(method) ?? 0) + 1);
    for (const listener of this.#listeners) listener(entry);
  }

  /** Marks a call as begun; returns what marks its end. */
  begin(): () => void {
    this.#underWay += 1;
    this.highestConcurrency = Math.max(this.highestConcurrency, this.#underWay);
    return () => {
      this.#underWay -= 1;
    };
  }

  follow(listener: (entry: JournalEntry) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  countByMethod(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }

  clear(): void {
    this.#entries = [];
    this.#counts = new Map();
    this.highestConcurrency = this.#underWay;
  }
}

/** The method and the parameters of a call, as far as they may be shown. */
export function shownOf(call: ApiCall): Pick<JournalEntry, 'method' | 'parameters'> {
  const shown = [...call.parameters].filter(([name]) => shownParameters.has(name));
  const cut = shown.map(([name, text]) => [name, text.slice(0, longestParameter)]);
  return { method: call.method.slice(0, longestMethod), parameters: Object.fromEntries(cut) };
}
