// What every source of desired secrets can do, and the three things it can say of a secret: present, proven absent, unresolved.
import type { VoxsyncError } from '../errors.ts';
import type { SecretBox } from '../secret/box.ts';
import type { SecretReference, Version } from '../secret/reference.ts';

/**
 * Where desired secrets come from.
 *
 * Trouble with one secret is that secret's `unresolved`, never a throw; trouble with the whole source makes all of them
 * `unresolved`. A method throws only when `signal` is aborted. An unreadable secret is never reported as absent.
 */
export interface Source extends Introspection {
  /** The versions of secrets, in the order asked, without reading a value where the backend can tell them. */
  observe(references: readonly SecretReference[], signal: AbortSignal): Promise<readonly Observation[]>;
  /** The contents of secrets, in the order asked, each with the version that was read. */
  read(references: readonly SecretReference[], signal: AbortSignal): Promise<readonly Reading[]>;
  /** The secrets that a query selects, with their versions, without their values. */
  discover(query: DiscoveryQuery, signal: AbortSignal): Promise<Discovery>;
  /** Gives back connections, timers and tokens. Never throws. */
  close(): Promise<void>;
}

/** What `voxsync check --online` asks beyond what a pass asks; a source leaves out what it cannot tell. Each may throw. */
export interface Introspection {
  /** Who we are there, for people, with nothing secret in it. */
  identify?(signal: AbortSignal): Promise<string>;
  /** Whether the values of secrets may be read, in the order asked. Without it, to observe is to read. */
  probeReads?(references: readonly SecretReference[], signal: AbortSignal): Promise<readonly ReadProof[]>;
  /** The permissions that no single reference needs. */
  probePermissions?(signal: AbortSignal): Promise<PermissionProof>;
}

/** `allowed` without reading a value; `read` where there is no other way than to read it, so that it was; else why not. */
export type ReadProof = 'allowed' | 'read' | VoxsyncError;

/** What is missing of the permissions that no single reference needs. */
export interface PermissionProof {
  /** One that a pass needs sooner or later. */
  readonly missing?: VoxsyncError | undefined;
  /** Those that only save calls: what it costs to be without each, for people. */
  readonly savings: readonly string[];
}

/** The source has the secret; the rest is what it said of it. */
export interface Present {
  readonly state: 'present';
  readonly version: Version;
}

/** The source said with authority that the secret does not exist, or is about to be deleted. */
export interface Absent {
  readonly state: 'absent';
  /** Who said so, for people: `DescribeSecret: scheduled for deletion`. */
  readonly proof: string;
}

/** Nobody knows: the source could not be asked, refused us, or said something we do not understand. */
export interface Unresolved {
  readonly state: 'unresolved';
  readonly error: VoxsyncError;
}

export type Observation = Present | Absent | Unresolved;

export type Reading = (Present & { readonly content: Content }) | Absent | Unresolved;

/** The bytes of a secret: as text where they are text, else as base64. */
export interface Content {
  readonly form: 'text' | 'base64';
  readonly box: SecretBox;
}

/** Which secrets a discovery is after. */
export interface DiscoveryQuery {
  /** Names or paths that start with this text; empty for all. */
  readonly prefix: string;
  /** Tags that a secret must all have (AWS). */
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** Custom metadata that a secret must all have (Vault). */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** What a description must start with, letter by letter (AWS). */
  readonly description?: string | undefined;
  /** The AWS service that manages the secret, such as `rds`. */
  readonly owningService?: string | undefined;
}

export interface FoundSecret {
  readonly secret: string;
  readonly version: Version;
  /** What people noted beside the secret, for names and descriptions (Vault); never part of the value. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** What a discovery found. Where it is not `isAuthoritative`, a secret that is not listed may exist all the same. */
export type Discovery =
  | {
      readonly state: 'listed';
      readonly found: readonly FoundSecret[];
      /** Secrets in the query's reach that are proven absent: deleted, or scheduled for deletion. */
      readonly gone: readonly string[];
      /** The listing is complete by nature (files), so whatever it does not show is proven absent. */
      readonly isAuthoritative: boolean;
    }
  | Unresolved;
