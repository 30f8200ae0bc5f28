// What a config asks of one source, and the least access that grants it.
import type { SecretReference } from '../secret/reference.ts';
import type { DiscoveryQuery } from './source.ts';

/** Everything that the mappings of a config ask of one source. */
export interface Demand {
  readonly references: readonly SecretReference[];
  readonly queries: readonly DiscoveryQuery[];
}

/** The least access for a demand, in the words of the source's kind. Made from the config alone: nothing is asked. */
export interface SourcePolicy {
  /** What it is and whom it is for, as half a sentence: `IAM policy for the identity …`. */
  readonly title: string;
  /** Sentences for people: why it is as it is, and what cannot be known from the config. */
  readonly notes: readonly string[];
  /** The policy: a JSON document or a text. Kinds whose access is not granted by a document have none. */
  readonly document?: object | string | undefined;
}

/** The texts, each once, in order. */
export function sorted(texts: Iterable<string>): readonly string[] {
  return [...new Set(texts)].toSorted();
}
