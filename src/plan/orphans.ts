// Orphans: secrets that carry our marker, or a broken one, and that nothing wants any more.
import type { Actual } from '../secret/actual.ts';
import type { DesiredState, Provenance } from '../secret/desired.ts';
import { withoutMarker } from '../secret/marker.ts';
import { explicitSelector, parseOrigin } from '../secret/origin.ts';
import type { Unwanted } from './absence.ts';
import { decideUnwanted, unwantedOf } from './absence.ts';
import type { Standing } from './change.ts';
import { doubtOf } from './doubt.ts';
import { isOwned } from './owned.ts';
import type { Place } from './plan.ts';
import { compare } from './plan.ts';
import type { Reason } from './reason.ts';
import type { Rules } from './rules.ts';

export interface Orphan {
  readonly id: number;
  readonly name: string;
  /** `prune-grace` where the next passes delete it, `marker-damaged` where nobody can tell whose it is. */
  readonly reason: Reason;
  readonly detail?: string | undefined;
  /** Why nothing wants it any more, where that is proven; whatever a pass does about it, and when. */
  readonly proof?: string | undefined;
  /** When its absence was first proven, in seconds since 1970, where a pass has noted it. */
  readonly absentSince?: number | undefined;
  /** When it was last written, in seconds since 1970, where its marker can be read. */
  readonly writtenAt?: number | undefined;
  /** What once selected it. */
  readonly origin?: 'mapping' | 'discovery' | undefined;
  readonly from?: Provenance | undefined;
  /** The description for people. */
  readonly text: string;
}

/** What is known of one application. */
export interface ApplicationView {
  readonly place: Place;
  readonly desired: DesiredState;
  readonly actual: readonly Actual[];
  /** Whether any mapping names the application: no pass looks at others. */
  readonly isMapped: boolean;
}

export interface ApplicationOrphans {
  readonly place: Place;
  readonly orphans: readonly Orphan[];
  /** Secrets that no known mapping wants, while a discovery that may want them cannot be read. */
  readonly undecided: readonly Standing[];
}

/** Finds the orphans of one application. What is wanted, or held, is none of them. */
export function findOrphans(view: ApplicationView, rules: Rules): ApplicationOrphans {
  const { place, desired, actual } = view;
  const unwanted = unwantedOf(desired, actual, rules).filter(({ secret }) =>
    isOursOrDamaged(secret, rules.owner),
  );
  const sorted = unwanted.toSorted((a, b) => compare(a.secret.name, b.secret.name));
  const doubt = doubtOf(desired);
  if (doubt === undefined)
    return { place, orphans: sorted.map((one) => orphanOf(one, view, rules)), undecided: [] };
  const undecided = sorted.map(({ secret: { name } }): Standing => ({
    kind: 'hold',
    name,
    reason: 'source-unavailable',
    problem: doubt.problem,
  }));
  return { place, orphans: [], undecided };
}

function isOursOrDamaged(secret: Actual, owner: string): boolean {
  return secret.described.ownership === 'damaged' || isOwned(secret, owner);
}

function orphanOf(unwanted: Unwanted, view: ApplicationView, rules: Rules): Orphan {
  const { id, name, described } = unwanted.secret;
  const stays = whyItStays(view, rules);
  const { scopes } = view.desired;
  const final = decideUnwanted(unwanted, scopes, { ...rules, graceSeconds: 0 });
  // Where no pass deletes, nothing waits for a grace.
  const decision = stays === undefined ? decideUnwanted(unwanted, scopes, rules) : final;
  const { reason, from } = decision;
  const proof = final.reason === 'no-longer-desired' ? proofText(final.detail, view) : undefined;
  const detail = reason === 'no-longer-desired' ? endText(proof, stays) : decision.detail;
  const orphan = { id, name, reason, detail, proof, from, text: withoutMarker(described.text) };
  if (described.ownership !== 'marked') return orphan;
  const { absentSince, writtenAt, origin } = described.marker;
  return {
    ...orphan,
    absentSince: absentSince === 0 ? undefined : absentSince,
    writtenAt,
    origin: parseOrigin(origin).selector === explicitSelector ? 'mapping' : 'discovery',
  };
}

const unmapped = 'no mapping names the application';

function proofText(proof: string | undefined, { isMapped }: ApplicationView): string | undefined {
  return isMapped ? proof : unmapped;
}

/** Why it is no longer desired, and what becomes of it without a person. */
function endText(proof: string | undefined, stays: string | undefined): string {
  const parts = new Set([proof, stays ?? 'due now']);
  return [...parts].filter((part) => part !== undefined).join('; ');
}

/** Why no pass deletes what is no longer desired; `undefined` where passes do. */
function whyItStays({ isMapped }: ApplicationView, { policy }: Rules): string | undefined {
  if (!isMapped) return unmapped;
  return policy === 'sync' ? undefined : `policy ${policy} never deletes`;
}
