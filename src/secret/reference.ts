// How a mapping addresses a value in a source, and how a source names a version of it.

/** A whole secret in a source. */
export interface SecretReference {
  /** The name or path of the secret, in the source's own words. */
  readonly secret: string;
  /** A version to hold on to: an AWS version id, a Vault version number. Without it, the current one. */
  readonly version?: string | undefined;
  /** A staging label (AWS), such as `AWSPREVIOUS`. */
  readonly stage?: string | undefined;
}

/** One value: a secret, and which part of it. */
export interface ValueReference extends SecretReference {
  /** The id of the source in the config. */
  readonly source: string;
  /** A key of a JSON secret, or a JSON pointer when it starts with `/`. Without it, the whole secret. */
  readonly field?: string | undefined;
  /** `base64`: the value is the base64 text of the secret's bytes; needed for binary secrets. */
  readonly encoding?: 'base64' | undefined;
}

/** A version of a source secret: an id that changes with the value, and a short text for people. */
export interface Version {
  readonly id: string;
  /** Shown in plans; never derived from a value. */
  readonly label: string;
}

/** A text that is equal for references to the same version of the same secret of one source. */
export function secretKey(reference: SecretReference): string {
  return JSON.stringify([reference.secret, reference.version ?? null, reference.stage ?? null]);
}
