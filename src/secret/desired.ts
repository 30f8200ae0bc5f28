// What sources say should exist in one application: each secret wanted, proven absent, or held because nobody can tell.
import type { ValueReference } from './reference.ts';

/** Where a desired secret comes from, for people. */
export interface Provenance {
  /** The place in the config: `mappings[0].secrets[2]`. */
  readonly place: string;
  readonly references: readonly ValueReference[];
  /** The label of each reference's version, as far as it is known. */
  readonly versions: readonly string[];
}

/** It should exist. */
export interface Wanted {
  readonly state: 'wanted';
  readonly name: string;
  readonly revision: string;
  readonly origin: string;
  /** The description for people, behind the marker. */
  readonly text: string;
  /** Of the source's value; known only where the value was read. */
  readonly fingerprint?: string | undefined;
  readonly from: Provenance;
}

/** The mapping names it, and its source said with authority that it is gone. */
export interface ProvenAbsent {
  readonly state: 'absent';
  readonly name: string;
  readonly proof: string;
  readonly from: Provenance;
}

/** What is known is not enough to touch it. */
export interface Held {
  readonly state: 'held';
  readonly name: string;
  /** What it is to be called is not known: `name` tells people what it is made from, and claims nothing. */
  readonly isNameless?: boolean | undefined;
  readonly reason: 'source-unavailable' | 'invalid';
  readonly problem: Problem;
  readonly from: Provenance;
}

/** An error as data: its code in the catalogue, one sentence, and what to do. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

export type Desired = Wanted | ProvenAbsent | Held;

/** Whether it claims its name. */
export function isNamed(desired: Desired): boolean {
  return desired.state !== 'held' || desired.isNameless !== true;
}

/** What one discovery can prove of the secrets that it once selected. */
export interface DiscoveryScope {
  /** As in the marker's origin. */
  readonly selector: string;
  /** False while the discovery, or any other source of its mapping, could not be read. */
  readonly isResolved: boolean;
  /** Whatever it did not list is proven absent. */
  readonly isAuthoritative: boolean;
  /** Tags of the source secrets that are proven to be gone, or were seen and turned into all the names they stand for. */
  readonly settled: ReadonlySet<string>;
}

/** All that is desired of one application. */
export interface DesiredState {
  readonly secrets: readonly Desired[];
  readonly scopes: readonly DiscoveryScope[];
}
