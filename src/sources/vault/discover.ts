// Finding the secrets below a prefix: folder by folder, then the version of each. Any trouble on the way is the whole discovery's.
import { VoxsyncError } from '../../errors.ts';
import type { Discovery, DiscoveryQuery, FoundSecret } from '../source.ts';
import type { Access } from './access.ts';
import { memberOf, misshapen, saysNothingThere } from './answers.ts';
import type { Engine } from './engine.ts';
import { requireSecretPath } from './path.ts';
import { refusalOf } from './refusals.ts';
import type { VaultPlace } from './settings.ts';

const depthLimit = 32;
const entryLimit = 100_000;

interface Walk {
  readonly place: VaultPlace;
  readonly access: Access;
  readonly engine: Engine;
  readonly query: DiscoveryQuery;
  readonly signal: AbortSignal;
  /** How many entries were listed so far, in all folders. */
  entries: number;
}

/** Throws a VoxsyncError for whatever leaves the listing incomplete. */
export async function discover(
  place: VaultPlace,
  access: Access,
  engine: Engine,
  { query, signal }: { readonly query: DiscoveryQuery; readonly signal: AbortSignal },
): Promise<Discovery> {
  if (Object.keys(query.tags ?? {}).length > 0) {
    throw new VoxsyncError('source-invalid', `${place.id}: a discovery asks for tags, which Vault has not`);
  }
  const failure = new AbortController();
  const walk: Walk = {
    place,
    access,
    engine,
    query,
    signal: AbortSignal.any([signal, failure.signal]),
    entries: 0,
  };
  try {
    const end = query.prefix.lastIndexOf('/') + 1;
    const secrets = await listFolder(walk, query.prefix.slice(0, end), query.prefix.slice(end));
    return await observeAll(walk, secrets.toSorted());
  } catch (error) {
    // The other requests of this discovery are of no use any more.
    failure.abort(error);
    throw error;
  }
}

/** The paths of all secrets below a folder (empty, or with a slash at its end) whose next part starts with `start`. */
async function listFolder(walk: Walk, folder: string, start = ''): Promise<readonly string[]> {
  const { place } = walk;
  if (folder !== '') requireSecretPath(place.id, folder.slice(0, -1));
  if (folder.split('/').length > depthLimit + 1) {
    throw tooMuch(place, `folders are nested more than ${depthLimit} deep at ${folder}`);
  }
  const names = (await listNames(walk, folder)).filter((name) => name.startsWith(start));
  const branches = names.map(async (name) =>
    name.endsWith('/') ? listFolder(walk, folder + name) : [folder + name],
  );
  return (await Promise.all(branches)).flat();
}

/** A name with a slash at its end is a folder; one name may be both. */
async function listNames(walk: Walk, folder: string): Promise<readonly string[]> {
  const { place, access, signal } = walk;
  const path = walk.engine.folder(folder.slice(0, -1));
  const answer = await access.list(path, signal);
  // There are no empty folders in Vault.
  if (saysNothingThere(answer)) return [];
  if (answer.status === 404) throw refusalOf(place.id, { capability: 'list', shown: path.shown }, answer);
  const keys = memberOf(answer.body, 'data', 'keys');
  if (!Array.isArray(keys)) throw misshapen(place.id, path.shown, 'a listing');
  walk.entries += keys.length;
  if (walk.entries > entryLimit) throw tooMuch(place, `more than ${entryLimit} entries were listed`);
  return keys.map((key: unknown) => {
    if (typeof key === 'string' && key !== '') return key;
    throw misshapen(place.id, path.shown, 'a listing');
  });
}

async function observeAll(walk: Walk, secrets: readonly string[]): Promise<Discovery> {
  const { engine, signal } = walk;
  const wanted = Object.entries(walk.query.metadata ?? {});
  const found: FoundSecret[] = [];
  const gone: string[] = [];
  const finds = await Promise.all(
    secrets.map(async (secret) => ({ secret, ...(await engine.find(secret, wanted.length > 0, signal)) })),
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
