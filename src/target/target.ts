// What the reconciler needs of a Voximplant account: its applications, their secrets, and four writes.
import type { SecretBox } from '../secret/box.ts';
import type { AccountKeys } from '../secret/keys.ts';

/** An application of the account. */
export interface Application {
  readonly id: number;
  /** The full name: `app.account.voximplant.com`. */
  readonly name: string;
  /** What users write: `app`. */
  readonly shortName: string;
}

/** A secret as a listing shows it: without its value. */
export interface ListedSecret {
  readonly id: number;
  readonly name: string;
  /** Empty where there is none. */
  readonly description: string;
  /** Last change of name, value or description, in seconds since 1970 by the server's clock; `undefined` when it cannot be read. */
  readonly modifiedAt: number | undefined;
}

/** What a listing showed. */
export interface Listed<Row> {
  readonly rows: readonly Row[];
  /** Nothing that was there all the time can be missing. */
  readonly isWhole: boolean;
}

/** `cheap`: as few calls as there are pages, and something may be missing; `whole`: more calls, for decisions that hang on what is not there. */
export type Care = 'cheap' | 'whole';

/** Reads. Every method throws `VoxsyncError` (`target-…`, `application-not-found`), or the abort reason of its signal. */
export interface TargetReader {
  /** The applications of the account. */
  applications(care: Care, signal: AbortSignal): Promise<Listed<Application>>;
  /** The secrets of an application. A listing that contradicts itself throws `target-inconsistent`. */
  list(applicationId: number, care: Care, signal: AbortSignal): Promise<Listed<ListedSecret>>;
  /** The value of one secret. */
  readValue(applicationId: number, secretId: number, signal: AbortSignal): Promise<SecretBox>;
}

/** What is written with a secret. A value that is left out stays as it is. */
export interface SecretContents {
  readonly value?: SecretBox;
  readonly description: string;
}

/** A secret as it was when its change was decided. */
export type SeenSecret = Pick<ListedSecret, 'id' | 'description'>;

/** Writes. A method that returns has been accepted; it throws `VoxsyncError`, with `isOutcomeUnknown` where nobody can tell. */
export interface TargetWriter {
  /** Adds a secret. A lost answer is resolved by listing before the call is repeated, so that it never adds twice. A name that exists throws `name-taken`, or `secret-refused` where the answer does not say so. */
  create(
    applicationId: number,
    name: string,
    contents: Required<SecretContents>,
    signal: AbortSignal,
  ): Promise<void>;
  /** Changes the description, or value and description, in place, in one call. A lost answer is resolved by listing; `secret-changed` when somebody else came between. */
  update(
    applicationId: number,
    seen: SeenSecret,
    contents: SecretContents,
    signal: AbortSignal,
  ): Promise<void>;
  /** Deletes the secrets named, and no other. An empty list is refused. */
  remove(applicationId: number, secretIds: readonly number[], signal: AbortSignal): Promise<void>;
}

/** A Voximplant account. */
export interface Target extends TargetReader, TargetWriter {
  /** Keyed digests of this account. */
  readonly keys: AccountKeys;
  /** How many calls may be under way at once. */
  readonly concurrency: number;
  /** Seconds since 1970 by the server's own clock, as far as it is known: what its `modifiedAt` is compared with. */
  now(): number;
  /** Which account this is and that it may be used, for people. Works with every role. Throws as reads do. */
  identify?(signal: AbortSignal): Promise<string>;
  /** Gives back the connections. Never throws. */
  close(): Promise<void>;
}
