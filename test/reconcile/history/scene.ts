// The scene of a history: config, sources, applications and time, with what the checks remember of the past.
import type { Actual } from '../../../src/secret/actual.ts';
import { parseDescription } from '../../../src/secret/marker.ts';
import { parseOrigin, pathTag } from '../../../src/secret/origin.ts';
import type { MemoryTarget } from '../../../src/target/memory.ts';
import type { Claim, Config, SourceId, Sources } from './config.ts';
import { applicationIds, claimsOf, findingsOf, selectorOf, sourceIds } from './config.ts';

const { signal: never } = new AbortController();

/** A secret of an application, with its value. */
export type Row = Actual & { readonly application: number; readonly value: string };

export interface Scene {
  config: Config;
  readonly sources: Sources;
  readonly target: MemoryTarget;
  /** When the current pass started, in seconds since 1970. */
  passStartedAt: number;
  /** Since when a secret could be proven to be unwanted, by `keyOf`, as far as passes have looked. */
  readonly provenSince: Map<string, number>;
  /** What somebody deleted or changed in the middle of the current pass, by `keyOf`. */
  readonly touched: Set<string>;
  /** Secrets whose value was changed by hand in the middle of a pass that then wrote their description alone: nobody can see that. */
  readonly covered: Set<string>;
  /** How often people edited something, so that no two values by hand are the same. */
  editCount: number;
  /** What the target was asked to write in the current pass. */
  writes: string[];
}

export const secretNames = ['a', 'b'] as const;

export async function rowsOf({ target }: Scene, application: number): Promise<readonly Row[]> {
  const { rows } = await target.list(application, 'whole', never);
  return rows.map(({ id, name, description, modifiedAt }) => ({
    id,
    name,
    description,
    modifiedAt,
    application,
    described: parseDescription(description),
    value: target.peek(application, name)?.reveal() ?? '',
  }));
}

export async function allRows(scene: Scene): Promise<readonly Row[]> {
  return (await Promise.all(applicationIds.map((id) => rowsOf(scene, id)))).flat();
}

export function keyOf({ application, id }: Pick<Row, 'application' | 'id'>): string {
  return `${application} ${id}`;
}

export function claimsFor({ config, sources }: Scene, application: number, name: string): readonly Claim[] {
  return claimsOf(config, sources, application).get(name) ?? [];
}

export function isOurs({ described }: Row, { config }: Scene): boolean {
  return described.ownership === 'marked' && described.marker.owner === config.rules.owner;
}

/** Which source secret a marked secret came from; its tag in the marker tells. */
export function originOf({ described }: Row): { source: SourceId; secret: string } | undefined {
  if (described.ownership !== 'marked') return undefined;
  const { tag } = parseOrigin(described.marker.origin);
  const all = sourceIds.flatMap((source) => secretNames.map((secret) => ({ source, secret })));
  return all.find(({ source, secret }) => pathTag(source, secret) === tag);
}

/**
 * Whether it can be told, from the config and from what the sources say now, that nothing wants the secret any more.
 * A discovery that is new in the config is taken at the word of its listing: that may lag, and the grace is there for it.
 */
export function isProvenUnwanted(scene: Scene, row: Row): boolean {
  const { config, sources } = scene;
  const origin = originOf(row);
  if (row.described.ownership !== 'marked' || origin === undefined) return false;
  const [claim, ...others] = claimsFor(scene, row.application, row.name).filter(({ isShown }) => isShown);
  if (claim !== undefined) {
    // A reference that was turned to a source secret which is not there is a mistake, not a wish to delete.
    const isSame = claim.source === origin.source && claim.secret === origin.secret;
    return others.length === 0 && isSame && sources[claim.source].provesGone(claim.secret);
  }
  const findings = findingsOf(config, row.application);
  if (findings.some(({ source }) => sources[source].mode === 'down')) return false;
  const { selector } = parseOrigin(row.described.marker.origin);
  return findings
    .filter((finding) => selectorOf(finding) === selector)
    .every(({ source }) => sources[source].settles(origin.secret));
}

/** The names under which the source secret of a row is wanted now, as far as a pass can know. */
export function successorsOf({ config, sources }: Scene, row: Row): readonly string[] {
  const origin = originOf(row);
  const isNext = ({ source, secret, value, isShown }: Claim) =>
    source === origin?.source && secret === origin.secret && value !== undefined && isShown;
  return [...claimsOf(config, sources, row.application)].flatMap(([name, claims]) =>
    name !== row.name && claims.some(isNext) ? [name] : [],
  );
}
