// Small makers of desired and actual secrets, so that a test names only what it is about.
import type { Actual } from '../../src/secret/actual.ts';
import type { DiscoveryScope, Held, ProvenAbsent, Wanted } from '../../src/secret/desired.ts';
import type { Marker } from '../../src/secret/marker.ts';
import { formatDescription } from '../../src/secret/marker.ts';
import { explicitSelector, formatOrigin, pathTag } from '../../src/secret/origin.ts';
import type { Rules } from '../../src/plan/rules.ts';

export const now = 1_800_000_000;

/** Each secret comes from a source secret of its own name, in small letters. */
export function originOf(name: string): string {
  return formatOrigin(explicitSelector, pathTag('local', name.toLowerCase()));
}

function fromOf(name: string) {
  return {
    place: 'mappings[0].secrets[0]',
    references: [{ source: 'local', secret: name.toLowerCase() }],
    versions: ['v1'],
  };
}

export const place = { account: 'main', applicationId: 1, application: 'app' };

export function rules(changes: Partial<Rules> = {}): Rules {
  return {
    owner: 'us',
    keyTag: 'key',
    policy: 'sync',
    onConflict: 'skip',
    graceSeconds: 900,
    drift: 'modified',
    guard: { maxDeletes: {}, maxUpdates: {} },
    now,
    ...changes,
  };
}

export function wanted(name: string, changes: Partial<Wanted> = {}): Wanted {
  return {
    state: 'wanted',
    name,
    revision: 'revision',
    origin: originOf(name),
    text: 'text',
    from: fromOf(name),
    ...changes,
  };
}

export function absent(name: string): ProvenAbsent {
  return { state: 'absent', name, proof: `local: ${name.toLowerCase()}: not there`, from: fromOf(name) };
}

export function held(name: string): Held {
  const problem = { code: 'source-unreachable', message: 'no answer', hint: 'try again' };
  return { state: 'held', name, reason: 'source-unavailable', problem, from: fromOf(name) };
}

export function marker(changes: Partial<Marker> = {}): Marker {
  return {
    owner: 'us',
    revision: 'revision',
    fingerprint: 'fingerprint-01',
    keyTag: 'key',
    origin: originOf('A'),
    writtenAt: now - 3600,
    absentSince: 0,
    ...changes,
  };
}

export function ours(name: string, changes: Partial<Marker> = {}, more: Partial<Actual> = {}): Actual {
  const own = marker({ origin: originOf(name), ...changes });
  return {
    id: idOf(name),
    name,
    description: formatDescription(own, 'text'),
    described: { ownership: 'marked', marker: own, text: 'text' },
    modifiedAt: now - 3600,
    ...more,
  };
}

/** A discovery that was read, and whose listing proves nothing of what it does not show. */
export function scope(changes: Partial<DiscoveryScope> = {}): DiscoveryScope {
  return { selector: 'disc', isResolved: true, isAuthoritative: false, settled: new Set(), ...changes };
}

export function stranger(name: string, more: Partial<Actual> = {}): Actual {
  return {
    id: idOf(name),
    name,
    description: 'theirs',
    described: { ownership: 'none', text: 'theirs' },
    modifiedAt: now - 3600,
    ...more,
  };
}

export function damaged(name: string, more: Partial<Actual> = {}): Actual {
  return {
    id: idOf(name),
    name,
    description: 'vxs1: text',
    described: { ownership: 'damaged', text: 'text' },
    modifiedAt: now,
    ...more,
  };
}

function idOf(name: string): number {
  return (
    Array.from(name).reduce((sum, character) => sum * 31 + (character.codePointAt(0) ?? 0), 7) % 1_000_003
  );
}
