// The least Vault policy for what a config asks of one KV mount.
import { sorted, type Demand, type SourcePolicy } from '../policy.ts';
import type { VaultSettings } from './settings.ts';
import { folderOf, groupByFolder } from './shelf.ts';

type Capability = 'list' | 'read';

const title = 'Vault policy for the identity that voxsync logs in as';

const notes = {
  default:
    'Looking up, renewing and giving back its own token are in the policy `default`, which every identity has unless it was taken away.',
  metadata: 'metadata shows which secrets there are, their versions and what became of them, and no value.',
  detected: 'This is for KV version 2. For version 1 set `kvVersion: 1` and print it again.',
} as const;

/** Stands before what may be left out. */
const cheaper = `# Cheaper, and may be left out: on OpenBao 2.3.1 or newer a folder then costs one call in an unchanged pass.
# It shows the names and metadata of all that is in these folders, and no value. Vault has no such paths.
`;

/** The policy of one source, as HCL; for KV version 2 unless the settings say otherwise. What makes passes cheaper stands at its end. */
export function vaultPolicy(settings: VaultSettings, demand: Demand): SourcePolicy {
  if (demand.references.length === 0 && demand.queries.length === 0) {
    return { title, notes: ['No mapping uses this source: it needs nothing.'] };
  }
  const mount = (settings.mount ?? 'secret').replaceAll(/^\/+|\/+$/g, '');
  const grants = new Grants();
  for (const { secret } of demand.references) grantSecret(grants, mount, settings, secret);
  for (const { prefix } of demand.queries) grantPrefix(grants, mount, settings, prefix);
  const { kvVersion, namespace } = settings;
  const optional = kvVersion === 1 ? '' : detailedGrants(mount, demand).text();
  return {
    title,
    notes: [
      ...(namespace === undefined ? [] : [`It belongs into the namespace ${namespace}.`]),
      notes.default,
      ...(kvVersion === 1 ? [] : [notes.metadata]),
      ...(kvVersion === undefined ? [notes.detected] : []),
    ],
    document: optional === '' ? grants.text() : [grants.text(), cheaper, optional].join('\n'),
  };
}

function grantSecret(grants: Grants, mount: string, { kvVersion }: VaultSettings, secret: string): void {
  if (kvVersion === 1) {
    grants.add(`${mount}/${secret}`, 'read');
    return;
  }
  grants.add(`${mount}/metadata/${secret}`, 'read');
  grants.add(`${mount}/data/${secret}`, 'read');
}

/** A discovery lists the folder that its prefix stands in, and every folder below the prefix. */
function grantPrefix(grants: Grants, mount: string, { kvVersion }: VaultSettings, prefix: string): void {
  const metadata = kvVersion === 1 ? mount : `${mount}/metadata`;
  const folder = folderOf(prefix);
  if (folder !== prefix) grants.add(`${metadata}/${folder}`, 'list');
  grants.add(`${metadata}/${prefix}*`, 'list', 'read');
  if (kvVersion !== 1) grants.add(`${mount}/data/${prefix}*`, 'read');
}

/** Listings with metadata, where they are asked for: below a prefix, and for several secrets of one folder. */
function detailedGrants(mount: string, { references, queries }: Demand): Grants {
  const grants = new Grants();
  const path = `${mount}/detailed-metadata`;
  for (const [folder, { size }] of groupByFolder(references.map(({ secret }) => secret))) {
    if (size > 1) grants.add(`${path}/${folder}`, 'list');
  }
  for (const { prefix } of queries) {
    const folder = folderOf(prefix);
    if (folder !== prefix) grants.add(`${path}/${folder}`, 'list');
    grants.add(`${path}/${prefix}*`, 'list');
  }
  return grants;
}

/** Capabilities by path. Where several paths match, Vault takes the most specific alone, and does not add them up. */
class Grants {
  readonly #byPath = new Map<string, Set<Capability>>();

  add(path: string, ...capabilities: readonly Capability[]): void {
    this.#byPath.set(path, new Set([...(this.#byPath.get(path) ?? []), ...capabilities]));
  }

  text(): string {
    const kept = [...this.#byPath].filter(([path, own]) => !this.#isCovered(path, own));
    const blocks = sorted(kept.map(([path]) => path)).map((path) => {
      const list = sorted(this.#byPath.get(path) ?? []).map((one) => JSON.stringify(one));
      return `path ${JSON.stringify(path)} {\n  capabilities = [${list.join(', ')}]\n}\n`;
    });
    return blocks.join('\n');
  }

  #isCovered(path: string, own: ReadonlySet<Capability>): boolean {
    return [...this.#byPath].some(
      ([glob, all]) =>
        glob !== path &&
        glob.endsWith('*') &&
        path.startsWith(glob.slice(0, -1)) &&
        [...own].every((capability) => all.has(capability)),
    );
  }
}
