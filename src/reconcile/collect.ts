// sources ──read──▶ desired: what the sources want of each site, and both sides of a site together.
import type { Rules } from '../plan/rules.ts';
import type { Actual } from '../secret/actual.ts';
import type { DesiredState } from '../secret/desired.ts';
import type { SharedExpansions } from './shared.ts';
import { caseTwins, desiredOf, refuseCollisions } from './desired.ts';
import type { Expansion, GoneSecret, Holdings } from './expansion.ts';
import { expandMapping } from './expand.ts';
import { isUnread } from './held.ts';
import type { MappedSecret } from './mapping.ts';
import type { Readings } from './readings.ts';
import type { Site } from './sites.ts';
import type { Templates } from './template.ts';
import { mapInTurns } from './turns.ts';

export interface CollectContext {
  readonly owner: string;
  readonly readings: Readings;
  readonly templates: Templates;
  readonly shared: SharedExpansions;
}

/** What is desired of one site, and the mapped secret behind each name. */
export interface SiteDesired {
  readonly state: DesiredState;
  readonly mapped: ReadonlyMap<string, MappedSecret>;
  readonly gone: readonly GoneSecret[];
  /** The selectors of the discoveries that share a mapping with a name: where it cannot be read, these prove nothing. */
  readonly besides: ReadonlyMap<string, readonly string[]>;
  readonly warnings: readonly string[];
}

/** Both sides of one site, before any value was read. */
export interface Collected {
  readonly site: Site;
  readonly rules: Rules;
  readonly desired: SiteDesired;
  readonly actual: readonly Actual[];
  /** Nothing that is there can be missing in `actual`. */
  readonly isWhole: boolean;
}

/** Versions only: no value is read but for the names of fields that the application does not know. */
export async function collectDesired(
  sites: readonly Site[],
  context: CollectContext,
  holdingsOf: (site: Site) => Holdings | undefined = () => undefined,
): Promise<ReadonlyMap<Site, SiteDesired>> {
  const expanded = await Promise.all(
    sites.map(async (site) => {
      const own = { ...context, holdings: holdingsOf(site) };
      const one = (mapping: Site['mappings'][number]) => expandMapping(mapping, site.application, own);
      return [site, await Promise.all(site.mappings.map(one))] as const;
    }),
  );
  const mapped = expanded.flatMap(([, expansions]) => expansions.flatMap((expansion) => expansion.mapped));
  await context.readings.observe(mapped.flatMap(({ inputs }) => Object.values(inputs)));
  return new Map(
    await mapInTurns(
      expanded,
      ([site, expansions]) => [site, siteDesired(site, expansions, context)] as const,
    ),
  );
}

function siteDesired(site: Site, expansions: readonly Expansion[], context: CollectContext): SiteDesired {
  const keyed = { ...context, keys: site.target.keys };
  const byMapping = expansions.map((expansion) => {
    const mapped = expansion.mapped.flatMap((secret) => desiredOf(secret, keyed) ?? []);
    const secrets = [...mapped, ...expansion.unchanged, ...expansion.held];
    const isUnresolved = secrets.some(isUnread);
    // While any source of a mapping is in doubt, nothing that its discoveries once gave is deleted.
    const scopes = expansion.scopes.map((scope) => (isUnresolved ? { ...scope, isResolved: false } : scope));
    return { secrets, scopes };
  });
  const secrets = refuseCollisions(byMapping.flatMap((one) => one.secrets));
  const mapped = expansions.flatMap((expansion) => expansion.mapped);
  const besides = expansions.flatMap((expansion) => {
    const selectors = expansion.scopes.map(({ selector }) => selector);
    return expansion.mapped.map(({ name }) => [name, selectors] as const);
  });
  return {
    state: { secrets, scopes: byMapping.flatMap((one) => one.scopes) },
    gone: expansions.flatMap(({ gone }) => gone),
    besides: new Map(besides),
    mapped: new Map(mapped.map((secret) => [secret.name, secret])),
    warnings: caseTwins(secrets).map(
      (names) => `${site.place.application}: ${names.join(' and ')} differ only in case`,
    ),
  };
}
