// The config of a history, as mappings for the pass and as claims for the checks: which names are wanted, and from where.
import type { Mapping } from '../../../src/reconcile/mapping.ts';
import type { PassSetup } from '../../../src/reconcile/setup.ts';
import { discoverySelector } from '../../../src/secret/origin.ts';
import { discovery, explicit, mapping } from '../world.ts';
import type { Contents } from './contents.ts';
import type { ConfigStep } from './steps.ts';

export const sourceIds = ['local', 'other'] as const;
export type SourceId = (typeof sourceIds)[number];
export type Sources = Readonly<Record<SourceId, Contents>>;

/** What an explicit secret of the config is made from. */
export interface Use {
  readonly source: SourceId;
  readonly secret: string;
  readonly isWrapped: boolean;
}

export interface Finding {
  readonly source: SourceId;
  readonly prefix: string;
  readonly nameStart: '' | 'N_';
  readonly exclude: readonly string[];
  /** One secret a field. */
  readonly isSpread: boolean;
}

export interface Config {
  /** By name, in the first application. */
  readonly explicit: ReadonlyMap<string, Use>;
  /** The first in the first application, the second in both. */
  readonly found: readonly [Finding | undefined, Finding | undefined];
  readonly text: string;
  readonly rules: Pick<PassSetup['rules'], 'policy' | 'owner' | 'onConflict' | 'graceSeconds'>;
}

export const applicationIds = [1, 2] as const;

export const startingConfig: Config = {
  explicit: new Map([['X', { source: 'other', secret: 'a', isWrapped: false }]]),
  found: [{ source: 'local', prefix: '', nameStart: '', exclude: [], isSpread: false }, undefined],
  text: '',
  rules: { owner: 'us', policy: 'sync', onConflict: 'skip', graceSeconds: 600 },
};

export function mappingsOf({ explicit: named, found: [first, second], text }: Config): readonly Mapping[] {
  const secrets = [...named].map(([name, { source, secret, isWrapped }]) =>
    explicit(name, secret, {
      inputs: { value: { source, secret } },
      template: isWrapped ? '<{{ value }}>' : undefined,
      description: text,
    }),
  );
  return [
    mapping({ secrets, discoveries: first === undefined ? [] : [discoveryOf(first, text)] }),
    mapping({
      place: 'mappings[1]',
      applications: ['app*'],
      discoveries: second === undefined ? [] : [discoveryOf(second, text)],
    }),
  ];
}

function discoveryOf({ source, prefix, nameStart, exclude, isSpread }: Finding, text: string) {
  const name = `${nameStart}{{ path }}${isSpread ? '_{{ field }}' : ''}`;
  const fields = isSpread ? ('all' as const) : undefined;
  return discovery({ source, query: { prefix }, name, exclude, fields, description: text });
}

/** The config after a change to it. */
export function configured(config: Config, step: ConfigStep): Config {
  if (step.kind === 'text') return { ...config, text: step.text };
  if (step.kind === 'rules') return { ...config, rules: { ...config.rules, ...step.rules } };
  const [first, second] = config.found;
  if (step.kind === 'find')
    return { ...config, found: step.index === 0 ? [step.finding, second] : [first, step.finding] };
  const others = [...config.explicit].filter(([name]) => name !== step.name);
  return {
    ...config,
    explicit: new Map(step.use === undefined ? others : [...others, [step.name, step.use]]),
  };
}

/** One wish for a name. */
export interface Claim {
  readonly source: SourceId;
  readonly secret: string;
  /** `undefined` where the source does not have the secret. */
  readonly value: string | undefined;
  /** Whether a pass can know of it now. */
  readonly isShown: boolean;
}

/** The findings of one application. */
export function findingsOf({ found: [first, second] }: Config, application: number): readonly Finding[] {
  return (application === 1 ? [first, second] : [second]).filter((finding) => finding !== undefined);
}

export function selectorOf({ source, prefix }: Finding): string {
  return discoverySelector({ source, query: JSON.stringify({ prefix }) });
}

/** Who wants which names of an application, by what the sources truly hold. A name that two places want is written by neither. */
export function claimsOf(
  config: Config,
  sources: Sources,
  application: number,
): ReadonlyMap<string, readonly Claim[]> {
  const claims = new Map<string, readonly Claim[]>();
  const add = (name: string, claim: Claim) => claims.set(name, [...(claims.get(name) ?? []), claim]);
  if (application === 1) {
    for (const [name, { source, secret, isWrapped }] of config.explicit) {
      const value = sources[source].valueOf(secret);
      add(name, {
        source,
        secret,
        value: isWrapped && value !== undefined ? `<${value}>` : value,
        isShown: true,
      });
    }
  }
  for (const finding of findingsOf(config, application)) {
    const { source, prefix, exclude } = finding;
    for (const secret of sources[source].names) {
      if (!secret.startsWith(prefix) || exclude.includes(secret)) continue;
      const isShown = sources[source].lists(secret);
      for (const [name, value] of valuesOf(finding, secret, sources[source].valueOf(secret) ?? ''))
        add(name, { source, secret, value, isShown });
    }
  }
  return claims;
}

/** What a found secret gives, by name. */
function valuesOf(
  { nameStart, isSpread }: Finding,
  secret: string,
  value: string,
): readonly (readonly [name: string, value: string])[] {
  const name = `${nameStart}${secret.toUpperCase()}`;
  if (!isSpread) return [[name, value]];
  const fields: Readonly<Record<string, string>> = JSON.parse(value);
  return Object.entries(fields).map(([field, text]) => [`${name}_${field.toUpperCase()}`, text]);
}
