// What one mapping gives one application: its named secrets, and those that its discoveries select.
import type { DiscoveryScope, Held } from '../secret/desired.ts';
import { tidyDescription } from '../secret/limits.ts';
import { explicitSelector, formatOrigin, pathTag } from '../secret/origin.ts';
import type { ValueReference } from '../secret/reference.ts';
import type { Application } from '../target/target.ts';
import { attempt, heldOf, mappedOf, publicPart } from './attempt.ts';
import { expandDiscovery } from './discover.ts';
import type { ExplicitSecret, MappedSecret, Mapping } from './mapping.ts';
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

/** Expands one mapping for one application. */
export async function expandMapping(
  mapping: Mapping,
  application: Application,
  context: ExpandContext,
): Promise<Expansion> {
  const explicit = mapping.secrets.map((secret, index) =>
    attempt(secret.name, `${mapping.place}.secrets[${index}]`, Object.values(secret.inputs), (place) =>
      expandExplicit(secret, place, application, context),
    ),
  );
  const discovered = await Promise.all(
    mapping.discoveries.map((discovery, index) =>
      expandDiscovery(discovery, `${mapping.place}.discover[${index}]`, application, context),
    ),
  );
  return {
    mapped: [...explicit.flatMap(mappedOf), ...discovered.flatMap(({ mapped }) => mapped)],
    held: [...explicit.flatMap(heldOf), ...discovered.flatMap((expansion) => expansion.held)],
    scopes: discovered.flatMap(({ scopes }) => scopes),
    gone: discovered.flatMap(({ gone }) => gone),
  };
}

function expandExplicit(
  secret: ExplicitSecret,
  place: string,
  application: Application,
  { templates }: ExpandContext,
): MappedSecret {
  const [first] = Object.values(secret.inputs);
  const variables = { application: application.shortName, name: secret.name, ...publicPart(first) };
  const text = tidyDescription(templates.renderText(secret.description, variables, `${place}.description`));
  const origin = formatOrigin(explicitSelector, pathTag(first?.source ?? '', first?.secret ?? ''));
  return { name: secret.name, place, inputs: secret.inputs, template: secret.template, origin, text };
}
