// Who voxsync is to Vault: the token for the next request, wherever it comes from.
import { VoxsyncError } from '../../errors.ts';
import type { SecretBox } from '../../secret/box.ts';
import { credentialPlace, readCredential, type Credential } from '../../credential.ts';

export interface Session {
  /** Who this is, for messages, with nothing secret in it. */
  readonly identity: string;
  /** The token to send; `undefined` to send none. Throws `source-invalid` or `source-refused`. */
  token(signal: AbortSignal): Promise<SecretBox | undefined>;
  /** Another token in the place of one that Vault refused; `undefined` when there is no other, so the refusal stands. */
  replace(refused: SecretBox, signal: AbortSignal): Promise<SecretBox | undefined>;
  /** Gives back what was issued to us. Never throws. */
  close(): Promise<void>;
}

/**
 * The session of a token that somebody else looks after, such as Vault Agent: read anew for each request, and once
 * more when it is refused. While it cannot be read, such as when it is being written, the one before serves.
 */
export function createTokenSession(id: string, credential: Credential): Session {
  let current: SecretBox | undefined;
  const read = async (): Promise<SecretBox> => {
    const token = await readCredential(credential, `${id}: auth.token`);
    if (!isSendable(token)) {
      throw new VoxsyncError('source-invalid', `${id}: auth.token holds more than one word`);
    }
    current = token;
    return token;
  };
  return {
    identity: `the token in ${credentialPlace(credential)}`,
    token: () =>
      read().catch((error: unknown) => {
        if (current === undefined) throw error;
        return current;
      }),
    replace: async (refused) => {
      const token = await read();
      return token.satisfies((text) => text === refused.reveal()) ? undefined : token;
    },
    close: async () => {},
  };
}

/** The session of a Vault Agent or Proxy that adds its own token. */
export const tokenlessSession: Session = {
  identity: 'the Vault Agent or Proxy there',
  token: async () => undefined,
  replace: async () => undefined,
  close: async () => {},
};

/** Whether a text can stand in a header. */
export function isSendable(token: SecretBox): boolean {
  return token.satisfies((text) => /^[\u0021-\u007e]+$/.test(text));
}
