// Whether desired and actual name the same secrets, so that nothing can be missing and nothing too much.
import type { Actual } from '../secret/actual.ts';
import type { DesiredState } from '../secret/desired.ts';

/** Then a plan neither creates nor prunes, whatever else it decides. `false` is no proof of the contrary. */
export function nameTheSame({ secrets }: DesiredState, actual: readonly Actual[]): boolean {
  const listed = new Set(actual.map(({ name }) => name));
  // A name that stands there twice is one secret too many.
  if (listed.size < actual.length) return false;
  const wanted = new Set<string>();
  for (const { state, name } of secrets) {
    if (state !== 'wanted' || !listed.has(name)) return false;
    wanted.add(name);
  }
  return actual.every(({ name, described }) => wanted.has(name) || described.ownership === 'none');
}
