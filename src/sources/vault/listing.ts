// One folder of a KV engine as Vault lists it: names, and beside them the metadata where the listing tells it.
import type { Access } from './access.ts';
import { memberOf, misshapen, saysNothingThere, type Answer } from './answers.ts';
import { parseMetadata, type Metadata } from './metadata.ts';
import type { VaultPath } from './path.ts';
import { refusalOf } from './refusals.ts';
import type { VaultPlace } from './settings.ts';

/** A secret, or, with a slash at the end of its name, a folder. One name may be both, and then is listed twice. */
export interface Entry {
  readonly name: string;
  /** `undefined` where the listing does not tell it. */
  readonly metadata: Metadata | undefined;
}

/** All entries of a folder, by name only. Throws a VoxsyncError where they cannot be had. */
export async function listNames(
  place: VaultPlace,
  access: Access,
  path: VaultPath,
  signal: AbortSignal,
): Promise<readonly Entry[]> {
  const answer = await access.list(path, signal);
  const entries = entriesIn(place, path, answer);
  if (entries !== undefined) return entries;
  throw refusalOf(place.id, { capability: 'list', shown: path.shown }, answer);
}

/** `undefined` for a 404 that says that there is no such path. Throws `source-answer-invalid` for what is no listing. */
export function entriesIn({ id }: VaultPlace, path: VaultPath, answer: Answer): readonly Entry[] | undefined {
  // There are no empty folders in Vault.
  if (saysNothingThere(answer)) return [];
  if (answer.status === 404) return undefined;
  const keys = memberOf(answer.body, 'data', 'keys');
  if (!Array.isArray(keys)) throw misshapen(id, path.shown, 'a listing');
  const known = memberOf(answer.body, 'data', 'key_info');
  return keys.map((name: unknown) => {
    if (typeof name !== 'string' || name === '') throw misshapen(id, path.shown, 'a listing');
    return { name, metadata: parseMetadata(memberOf(known, name), answer.atMs) };
  });
}
