// What a run starts from: applications with secrets of every kind, and sources that want them otherwise.
import { createHash } from 'node:crypto';
import type { Emulator } from '../../src/emulator/emulator.ts';
import type { DiscoveredSecrets, ExplicitSecret, Mapping } from '../../src/reconcile/mapping.ts';
import { formatDescription, formatMarker, type Marker } from '../../src/secret/marker.ts';
import type { Lore } from './values.ts';

export const owner = 'us';
/** The applications of the mappings, and one that no mapping names. */
export const applications = { 'call-center': 7001, ivr: 7002, theirs: 7003 } as const;

/** A value that occurs nowhere else, of one secret in one of its versions. */
export function valueOf(place: string, generation: number): string {
  const core = createHash('sha256').update(`${place} ${generation}`).digest('hex').slice(0, 32);
  return `Kä/"${core}"\\ +&=%\n🔥`;
}

/** A secret's text in the source. */
export function contentOf(value: string): string {
  return JSON.stringify({ value, number: 1.5, more: { of: ['it', null] } });
}

const strangersMarker: Marker = {
  owner: 'they',
  revision: 'revision',
  fingerprint: 'fingerprint123',
  keyTag: 'key',
  origin: 'origin1234',
  writtenAt: 1_800_000_000,
  absentSince: 0,
};

const foreign = formatDescription(strangersMarker, 'belongs to them');
const damaged = formatMarker({ ...strangersMarker, owner }).slice(0, -1);
/** A marker of ours with everything right but what it is of. */
const forged = formatDescription({ ...strangersMarker, owner }, 'looks like ours');

/** Wanted names that are taken, by secrets of others. */
export const taken = {
  TAKEN: 'made by hand',
  FOREIGN: foreign,
  BROKEN: damaged,
} as const;

/** Seeds secrets that are not ours. */
export function seedStrangers({ state }: Emulator): void {
  for (const [name, description] of Object.entries(taken)) {
    state.addSecret('call-center', { name, value: valueOf(name, 0), description });
  }
  for (const application of Object.keys(applications)) {
    const name = `STRANGER_${application.replace('-', '_')}`;
    state.addSecret(application, { name, value: valueOf(name, 0), description: 'nobody asked for it' });
    state.addSecret(application, { name: `${name}_MARKED`, value: valueOf(name, 1), description: foreign });
  }
}

/** What mutations may put where it does not belong. */
export function loreOf({ state }: Emulator): Lore {
  const secrets = Object.keys(applications).flatMap((application) => state.secrets(application));
  return {
    ids: [...Object.values(applications), ...secrets.map(({ id }) => id)],
    names: [...Object.keys(applications), ...secrets.map(({ name }) => name), 'FRESH', 'lower', 'UNKNOWN'],
    descriptions: [foreign, damaged, forged, '', 'by hand', ...secrets.map(({ description }) => description)],
  };
}

/** Names that the mappings give, by the part of the path behind the prefix that the source knows. */
export const wanted = {
  STABLE: 'stable',
  ROTATED: 'rotated',
  TEXTED: 'texted',
  DRIFTED: 'drifted',
  TOUCHED: 'touched',
  TAKEN: 'taken',
  FOREIGN: 'foreign',
  BROKEN: 'broken',
  LOST: 'lost',
} as const;
/** Named by the first mapping only. */
export const dropped = { OLD: 'stable', OLDER: 'rotated' } as const;
/** Named by the second mapping only. */
export const added = { FRESH: 'fresh', COMPOSED: 'stable' } as const;
/** What the discovery finds at first. */
export const discovered = { ONE: 'voice/one', TWO: 'voice/two', GONE: 'voice/gone' } as const;

/** The mappings before and after the config changed. `prefix` is where the run's secrets are in the source. */
export function mappingsOf(prefix: string, generation: 0 | 1): readonly Mapping[] {
  const named = (names: Readonly<Record<string, string>>) =>
    Object.entries(names).map(([name, path]) => explicit(name, `${prefix}${path}`, generation));
  const composed: ExplicitSecret = {
    ...explicit('COMPOSED', '', generation),
    inputs: { a: referenceTo(`${prefix}stable`), b: referenceTo(`${prefix}rotated`) },
    template: '{{ a }}:{{ b | url_encode }}',
  };
  const { COMPOSED: _composed, ...fresh } = added;
  const secrets = [...named(wanted), ...(generation === 0 ? named(dropped) : [...named(fresh), composed])];
  return [
    mapping({ secrets, discoveries: [discovery(prefix)] }),
    mapping({
      place: 'mappings[1]',
      applications: ['ivr'],
      secrets: named({ ROTATED: 'rotated', STABLE: 'stable' }),
    }),
  ];
}

function mapping(changes: Partial<Mapping>): Mapping {
  return {
    place: 'mappings[0]',
    account: 'main',
    applications: ['call-center'],
    secrets: [],
    discoveries: [],
    ...changes,
  };
}

function referenceTo(secret: string) {
  return { source: 'source', secret, field: 'value' };
}

function explicit(name: string, secret: string, generation: 0 | 1): ExplicitSecret {
  const description = name === 'TEXTED' ? `text ${generation}` : '';
  return { name, inputs: { value: referenceTo(secret) }, description };
}

function discovery(prefix: string): DiscoveredSecrets {
  return {
    source: 'source',
    query: { prefix: `${prefix}voice/` },
    fields: ['value'],
    name: `{{ path | remove_first: "${prefix}voice/" }}`,
    description: '',
    include: [],
    exclude: [],
  };
}

/** What a person does in the control panel between two passes. */
export function editByHand({ state }: Emulator): void {
  state.changeSecret('call-center', 'DRIFTED', { value: valueOf('by hand', 0) });
  state.changeSecret('ivr', 'STABLE', { value: valueOf('by hand', 1) });
  state.changeSecret('call-center', 'TOUCHED', { value: state.readValue('call-center', 'TOUCHED') ?? '' });
}
