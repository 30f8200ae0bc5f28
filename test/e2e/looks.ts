// Short looks at what the emulator holds.
import type { Stage } from './stage.ts';

/** Values by `APPLICATION NAME`. */
export function valuesOf(
  { emulator: { state } }: Stage,
  applications: readonly string[],
): Record<string, string | undefined> {
  const entries = applications.flatMap((application) =>
    state
      .secrets(application)
      .map(({ name }) => [`${application} ${name}`, state.readValue(application, name)]),
  );
  return Object.fromEntries(entries);
}

/** `APPLICATION NAME ID` of every secret, sorted. */
export function listed({ emulator: { state } }: Stage, applications: readonly string[]): readonly string[] {
  return applications
    .flatMap((application) =>
      state.secrets(application).map(({ id, name }) => `${application} ${name} ${id}`),
    )
    .toSorted();
}
