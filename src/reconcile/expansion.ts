// What a mapping turns into for one application, before anyone asked for versions.
import type { DiscoveryScope, Held } from '../secret/desired.ts';
import type { ValueReference } from '../secret/reference.ts';
import type { MappedSecret } from './mapping.ts';
import type { Readings } from './readings.ts';
import type { Templates } from './template.ts';

/** What came of a mapping: secrets to look up, secrets that cannot be, and what its discoveries prove. */
export interface Expansion {
  readonly mapped: readonly MappedSecret[];
  readonly held: readonly Held[];
  readonly scopes: readonly DiscoveryScope[];
  readonly gone: readonly GoneSecret[];
}

/** A source secret that a listing shows as deleted. A listing may lag, so this is not yet a proof. */
export interface GoneSecret {
  readonly selector: string;
  readonly reference: ValueReference;
}

export interface ExpandContext {
  readonly readings: Readings;
  readonly templates: Templates;
}
