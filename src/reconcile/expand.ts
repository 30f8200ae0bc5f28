// What one mapping gives one application: its named secrets, and those that its discoveries select.
import { tidyDescription } from '../secret/limits.ts';
import { explicitSelector, formatOrigin, pathTag } from '../secret/origin.ts';
import type { Application } from '../target/target.ts';
import { attempt, heldOf, mappedOf, publicPart } from './attempt.ts';
import { discoveryPlace, expandDiscovery } from './discover.ts';
import type { ExpandContext, Expansion } from './expansion.ts';
import type { ExplicitSecret, MappedSecret, Mapping } from './mapping.ts';
import { sortedInputs } from './mapping.ts';

/** Expands one mapping for one application. */
export async function expandMapping(
  mapping: Mapping,
  application: Application,
  context: ExpandContext,
): Promise<Expansion> {
  const explicit = mapping.secrets.map((secret, index) => {
    const where = {
      name: secret.name,
      place: `${mapping.place}.secrets[${index}]`,
      references: Object.values(secret.inputs),
    };
    return attempt(where, (place) => expandExplicit(secret, place, application, context));
  });
  const discovered = await Promise.all(
    mapping.discoveries.map((discovery, index) =>
      expandDiscovery(discovery, discoveryPlace(mapping.place, index), application, context),
    ),
  );
  return {
    mapped: [...explicit.flatMap(mappedOf), ...discovered.flatMap(({ mapped }) => mapped)],
    unchanged: discovered.flatMap(({ unchanged }) => unchanged),
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
  // The order in which a config lists its variables means nothing.
  const [[, tagged] = []] = sortedInputs(secret.inputs);
  const origin = formatOrigin(explicitSelector, pathTag(tagged?.source ?? '', tagged?.secret ?? ''));
  return { name: secret.name, place, inputs: secret.inputs, template: secret.template, origin, text };
}
