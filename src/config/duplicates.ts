// Two mappings for one name in one application: both are refused, each naming the other. Globs are left to the pass.
import type { Places } from './places.ts';
import type { Path } from './problem.ts';
import { formatPath } from './problem.ts';
import { at, entriesOf, listOf } from './tree.ts';

/** Notes names that are mapped more than once for the same account and application, as far as the file alone can tell. */
export function checkDuplicates(tree: unknown, places: Places): void {
  const accounts = entriesOf(at(tree, 'accounts')).map(([id]) => id);
  const claims = new Map<string, Path[]>();
  for (const { key, path } of claimsOf(tree, accounts)) claims.set(key, [...(claims.get(key) ?? []), path]);
  for (const paths of claims.values()) if (paths.length > 1) refuseAll(paths, places);
}

interface Claim {
  /** Account, application and name. */
  readonly key: string;
  readonly path: Path;
}

function claimsOf(tree: unknown, accounts: readonly string[]): readonly Claim[] {
  return listOf(at(tree, 'mappings')).flatMap((mapping, index) => {
    const account = at(mapping, 'account') ?? accounts[0];
    return literalApplications(at(mapping, 'application')).flatMap((application) =>
      listOf(at(mapping, 'secrets')).flatMap((secret, position) => {
        const name = at(secret, 'name');
        const path = ['mappings', index, 'secrets', position, 'name'];
        return typeof name === 'string' ? [{ key: JSON.stringify([account, application, name]), path }] : [];
      }),
    );
  });
}

/** Each application once, without those that are globs. */
function literalApplications(application: unknown): readonly unknown[] {
  const all = Array.isArray(application) ? application : [application];
  const names = all.filter((one) => typeof one === 'string' && !/[*?[{]/.test(one));
  const ids = all.map((one) => at(one, 'id')).filter((id) => typeof id === 'number');
  return [...new Set<unknown>([...names, ...ids])];
}

function refuseAll(paths: readonly Path[], places: Places): void {
  for (const path of paths) {
    const others = paths.filter((other) => other !== path).map((other) => describe(other, places));
    places.refuse(path, { reason: `is mapped again at ${others.join(' and ')}`, hint: 'keep one of them' });
  }
}

function describe(path: Path, places: Places): string {
  return `${formatPath(path)} (line ${places.lineOf(path)})`;
}
