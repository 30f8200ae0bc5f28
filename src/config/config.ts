// The loaded config: every default filled in, every id known, every path absolute.
import type { ParsedMapping } from './schema-mappings.ts';
import type { ParsedConfig } from './schema.ts';

/** A mapping with its account, and its place in the file. */
export interface Mapping extends ParsedMapping {
  /** `mappings[0]`. */
  readonly place: string;
  readonly account: string;
}

/** What `loadConfig` gives. */
export interface Config extends Omit<ParsedConfig, 'mappings'> {
  readonly mappings: readonly Mapping[];
}
