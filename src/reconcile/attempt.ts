// One secret's expansion, as a result: what goes wrong with it stays with it.
import { asVoxsyncError } from '../errors.ts';
import type { Held } from '../secret/desired.ts';
import { isSecretName } from '../secret/name.ts';
import type { ValueReference } from '../secret/reference.ts';
import type { Where } from './held.ts';
import { held, invalidName } from './held.ts';
import type { MappedSecret } from './mapping.ts';

export type Attempt = { readonly mapped: MappedSecret } | { readonly held: Held };

/** The mapped secret, or why there is none. */
export function attempt(where: Where, expand: (place: string) => MappedSecret): Attempt {
  const { place, references } = where;
  try {
    const mapped = expand(place);
    if (isSecretName(mapped.name)) return { mapped };
    const { name } = mapped;
    return { held: held({ name, isNameless: true, place, references }, invalidName(name, place)) };
  } catch (error) {
    return { held: held(where, asVoxsyncError(error, 'unexpected', place)) };
  }
}

export function isFailed(one: Attempt): boolean {
  return 'held' in one;
}

export function mappedOf(one: Attempt): readonly MappedSecret[] {
  return 'mapped' in one ? [one.mapped] : [];
}

export function heldOf(one: Attempt): readonly Held[] {
  return 'held' in one ? [one.held] : [];
}

/** What templates of names and descriptions may use. */
export function publicPart(reference: ValueReference | undefined): Record<string, string> {
  if (reference === undefined) return {};
  return { source: reference.source, path: reference.secret, field: reference.field ?? '' };
}
