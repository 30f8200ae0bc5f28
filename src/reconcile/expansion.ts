// What a mapping turns into for one application, before anyone asked for versions.
import type { DiscoveryScope, Held, Wanted } from '../secret/desired.ts';
import type { ValueReference } from '../secret/reference.ts';
import type { Rules } from '../plan/rules.ts';
import type { Actual } from '../secret/actual.ts';
import type { AccountKeys } from '../secret/keys.ts';
import type { SharedExpansions } from './shared.ts';
import type { MappedSecret } from './mapping.ts';
import type { Readings } from './readings.ts';
import type { Templates } from './template.ts';

/** What came of a mapping: secrets to look up, secrets that cannot be, and what its discoveries prove. */
export interface Expansion {
  readonly mapped: readonly MappedSecret[];
  /** Known from the application itself to be wanted just as they are there, so nobody needs to be asked. */
  readonly unchanged: readonly Wanted[];
  readonly held: readonly Held[];
  readonly scopes: readonly DiscoveryScope[];
  readonly gone: readonly GoneSecret[];
}

/** A source secret that a listing shows as deleted. A listing may lag, so this is not yet a proof. */
export interface GoneSecret {
  /** The discovery that listed it, in the config. */
  readonly place: string;
  readonly selector: string;
  readonly reference: ValueReference;
}

export interface ExpandContext {
  readonly readings: Readings;
  readonly templates: Templates;
  /** Shared by all applications of a pass. */
  readonly shared: SharedExpansions;
  /** What the application holds, as soon as it is listed; `undefined` where that is no help. */
  readonly holdings: Holdings | undefined;
}

/** What one application holds, and how to tell whether it is still as it was written. */
export interface Holdings {
  readonly rules: Pick<Rules, 'owner' | 'keyTag'>;
  readonly keys: AccountKeys;
  readonly actual: () => Promise<readonly Actual[]>;
}
