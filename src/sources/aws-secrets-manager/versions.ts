// Which version of an AWS secret a reference means, from the stages that a listing or DescribeSecret shows.
import type { SecretReference, Version } from '../../secret/reference.ts';

/** The stage that AWS reads without being told another. */
export const currentStage = 'AWSCURRENT';

/** Lists of stages by version id, as AWS gives them; the SDK does not check that they are lists. */
export type Stages = Readonly<Record<string, unknown>>;

/** The version that the reference means; `undefined` when no version has the stage. A version id is taken at its word. */
export function versionFor(reference: SecretReference, stages: Stages | undefined): Version | undefined {
  if (reference.version !== undefined) return versionOf(reference.version);
  const asked = reference.stage ?? currentStage;
  const id = Object.entries(stages ?? {}).find(
    ([, names]) => Array.isArray(names) && names.includes(asked),
  )?.[0];
  return id === undefined ? undefined : versionOf(id);
}

/** A version by its id. */
export function versionOf(id: string): Version {
  return { id, label: id.slice(0, 8) };
}

/** Whether the reference means whatever is current. */
export function isCurrent({ version, stage }: SecretReference): boolean {
  return version === undefined && (stage === undefined || stage === currentStage);
}
