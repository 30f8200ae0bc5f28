// Finding the secrets below a prefix: folder by folder, then the version of each. Any trouble on the way is the whole discovery's.
import { VoxsyncError } from '../../errors.ts';
import type { Discovery, DiscoveryQuery, FoundSecret } from '../source.ts';
import type { Engine, Listed } from './engine.ts';
import { requireSecretPath } from './path.ts';
import type { VaultPlace } from './settings.ts';

const depthLimit = 32;
const entryLimit = 100_000;

interface Walk {
  readonly place: VaultPlace;
  readonly engine: Engine;
  readonly query: DiscoveryQuery;
  readonly signal: AbortSignal;
  /** How many entries were listed so far, in all folders. */
  entries: number;
}

/** Throws a VoxsyncError for whatever leaves the listing incomplete. */
export async function discover(
  place: VaultPlace,
  engine: Engine,
  { query, signal }: { readonly query: DiscoveryQuery; readonly signal: AbortSignal },
): Promise<Discovery> {
  if (Object.keys(query.tags ?? {}).length > 0) {
    throw new VoxsyncError('source-invalid', `${place.id}: a discovery asks for tags, which Vault has not`);
  }
  const failure = new AbortController();
  const walk: Walk = {
    place,
    engine,
    query,
    signal: AbortSignal.any([signal, failure.signal]),
    entries: 0,
  };
  try {
    const end = query.prefix.lastIndexOf('/') + 1;
    const secrets = await listFolder(walk, query.prefix.slice(0, end), query.prefix.slice(end));
    return await observeAll(walk, secrets.toSorted(byPath));
  } catch (error) {
    // The other requests of this discovery are of no use any more.
    failure.abort(error);
    throw error;
  }
}

/** All secrets below a folder (empty, or with a slash at its end) whose next part starts with `start`. */
async function listFolder(walk: Walk, folder: string, start = ''): Promise<readonly Listed[]> {
  const { place } = walk;
  if (folder !== '') requireSecretPath(place.id, folder.slice(0, -1));
  if (folder.split('/').length > depthLimit + 1) {
    throw tooMuch(place, `folders are nested more than ${depthLimit} deep at ${folder}`);
  }
  const entries = await walk.engine.list(folder, entryLimit, walk.signal);
  walk.entries += entries.length;
  if (walk.entries > entryLimit) throw tooMuch(place, `more than ${entryLimit} entries were listed`);
  const branches = entries
    .filter(({ name }) => name.startsWith(start))
    .map(async ({ name, metadata }) =>
      name.endsWith('/') ? listFolder(walk, folder + name) : [{ secret: folder + name, metadata }],
    );
  return (await Promise.all(branches)).flat();
}

function byPath({ secret: one }: Listed, { secret: other }: Listed): number {
  return one < other ? -1 : 1;
}

async function observeAll(walk: Walk, secrets: readonly Listed[]): Promise<Discovery> {
  const { engine, signal } = walk;
  const wanted = Object.entries(walk.query.metadata ?? {});
  const found: FoundSecret[] = [];
  const gone: string[] = [];
  const finds = await Promise.all(
    secrets.map(async (listed) => ({
      secret: listed.secret,
      ...(await engine.find(listed, wanted.length > 0, signal)),
    })),
  );
  for (const { secret, observation, metadata } of finds) {
    if (observation.state === 'unresolved') return observation;
    if (observation.state === 'absent') gone.push(secret);
    else if (wanted.every(([key, text]) => metadata?.[key] === text)) {
      found.push({ secret, version: observation.version, metadata });
    }
  }
  return { state: 'listed', found, gone, isAuthoritative: false };
}

function tooMuch({ id }: VaultPlace, problem: string): VoxsyncError {
  return new VoxsyncError('source-invalid', `${id}: ${problem}`, {
    hint: 'Give the discovery a longer `prefix`.',
  });
}
