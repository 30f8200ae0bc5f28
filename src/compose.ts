// The composition root: the only file that picks adapters. It opens what a config names, and closes all of it again.
import type { AccountSettings } from './config/schema.ts';
import type { SourceSettings } from './config/schema-sources.ts';
import type { Config } from './config/config.ts';
import { readCredential } from './credential.ts';
import type { RequestFacts } from './observe/metrics.ts';
import type { PaceFacts } from './observe/pace-log.ts';
import type { PassSetup } from './reconcile/setup.ts';
import { templateTexts } from './reconcile/mapping.ts';
import { Sightings } from './reconcile/sightings.ts';
import { loadTemplates } from './reconcile/template.ts';
import type { Demand, SourcePolicy } from './sources/policy.ts';
import { sourceKinds, sourcePolicies } from './sources/registry.ts';
import type { Source } from './sources/source.ts';
import type { TargetsOnDemand } from './target/on-demand.ts';
import { openOnDemand } from './target/on-demand.ts';
import type { Target } from './target/target.ts';

export interface Composition {
  readonly setup: PassSetup;
  /** Closes everything, the last opened first. Never throws. */
  close(): Promise<void>;
}

export interface ComposeOptions {
  readonly clock?: (() => Date) | undefined;
  readonly onRequest?: ((facts: RequestFacts) => void) | undefined;
  readonly onPace?: ((facts: PaceFacts) => void) | undefined;
}

/**
 * Opens the sources of a config, and meanwhile the accounts, each apart, so that one without credentials stops no
 * other. What was opened before a failure is closed.
 */
export async function compose(config: Config, options: ComposeOptions = {}): Promise<Composition> {
  const opened: { close(): Promise<void> }[] = [];
  const close = async (): Promise<void> => {
    for (const one of opened.toReversed()) await one.close();
  };
  try {
    const accounts = Object.entries(config.accounts);
    const targets = openOnDemand(
      new Map(accounts.map(([id, settings]) => [id, () => openTarget(id, settings, options)])),
    );
    opened.push(targets);
    const accountsOpened = openAhead(targets);
    const sources = await openEach(
      config.sources,
      (id, settings) => openSource(id, settings.kind, settings),
      opened,
    );
    const setup = {
      mappings: config.mappings,
      sources,
      targets,
      templates: await loadTemplates(config.mappings.flatMap(templateTexts).map(([, text]) => text)),
      rules: rulesOf(config),
    };
    await accountsOpened;
    return {
      setup: { ...setup, sightings: new Sightings(), clock: options.clock ?? (() => new Date()) },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Accounts are opened while sources are. One that cannot be is told of when it is asked for. */
function openAhead(targets: TargetsOnDemand): Promise<unknown> {
  return Promise.allSettled([...targets.keys()].flatMap((id) => targets.get(id) ?? []));
}

async function openEach<S, T extends { close(): Promise<void> }>(
  settings: Readonly<Record<string, S>>,
  open: (id: string, settings: S) => Promise<T>,
  opened: { close(): Promise<void> }[],
): Promise<ReadonlyMap<string, T>> {
  const byId = new Map<string, T>();
  for (const [id, one] of Object.entries(settings)) {
    const adapter = await open(id, one);
    opened.push(adapter);
    byId.set(id, adapter);
  }
  return byId;
}

async function openTarget(
  id: string,
  settings: AccountSettings,
  { onRequest, onPace }: ComposeOptions,
): Promise<Target> {
  const credentials = await readCredential(settings.credentials, 'credentials', 'credentials-invalid');
  const { openVoximplantTarget } = await import('./target/voximplant/target.ts');
  return openVoximplantTarget({
    id,
    ...settings,
    credentials,
    onRequest: (facts) => onRequest?.({ account: id, ...facts }),
    onPace: (facts) => onPace?.({ account: id, ...facts }),
  });
}

type SettingsByKind = { readonly [K in SourceSettings['kind']]: Extract<SourceSettings, { kind: K }> };

/** A kind of the schema that nobody registered does not compile. */
const openers: {
  readonly [K in keyof SettingsByKind]: (id: string, settings: SettingsByKind[K]) => Promise<Source>;
} = sourceKinds;

function openSource<K extends keyof SettingsByKind>(
  id: string,
  kind: K,
  settings: SettingsByKind[K],
): Promise<Source> {
  return openers[kind](id, settings);
}

const policies: {
  readonly [K in keyof SettingsByKind]: (
    settings: SettingsByKind[K],
    demand: Demand,
  ) => Promise<SourcePolicy>;
} = sourcePolicies;

/** The least access that a source needs for a demand. Opens nothing. */
export function sourcePolicyOf<K extends keyof SettingsByKind>(
  kind: K,
  settings: SettingsByKind[K],
  demand: Demand,
): Promise<SourcePolicy> {
  return policies[kind](settings, demand);
}

function rulesOf({ owner, policy, onConflict, prune, drift, guard }: Config): PassSetup['rules'] {
  return { owner, policy, onConflict, graceSeconds: prune.graceMs / 1000, drift: drift.detect, guard };
}
