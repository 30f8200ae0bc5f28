// Whether an application may want more secrets than those that are known: while a discovery cannot be read, nobody can tell.
import type { DesiredState, DiscoveryScope, Problem } from '../secret/desired.ts';

export interface Doubt {
  /** Why the first such discovery, or the mapping around it, could not be read. */
  readonly problem: Problem | undefined;
}

/** Whether a discovery that cannot be read may want any name. */
export function isInDoubt(scopes: readonly DiscoveryScope[]): boolean {
  return scopes.some(({ isResolved }) => !isResolved);
}

/** `undefined` when everything that is wanted has been named. */
export function doubtOf({ secrets, scopes }: DesiredState): Doubt | undefined {
  if (!isInDoubt(scopes)) return undefined;
  const unread = secrets.flatMap((secret) =>
    secret.state === 'held' && secret.reason === 'source-unavailable' ? [secret.problem] : [],
  );
  return { problem: unread[0] };
}
