// Who voxsync is to Vault: the token for the next request, wherever it comes from.
import { VoxsyncError } from '../../errors.ts';
import type { SecretBox } from '../../secret/box.ts';
import { readCredential, type Credential } from '../../credential.ts';

export interface Session {
  /** The token to send; `undefined` to send none. Throws `source-invalid` or `source-refused`. */
  token(signal: AbortSignal): Promise<SecretBox | undefined>;
  /** Another token in the place of one that Vault refused; `undefined` when there is no other, so the refusal stands. */
  replace(refused: SecretBox, signal: AbortSignal): Promise<SecretBox | undefined>;
  /** Gives back what was issued to us. Never throws. */
  close(): Promise<void>;
}

/** The session of a token that somebody else looks after, such as Vault Agent: read again when it is refused. */
export function createTokenSession(id: string, credential: Credential): Session {
  let current: SecretBox | undefined;
  const readAgain = async (): Promise<SecretBox> => {
    const token = await readCredential(credential, `${id}: auth.token`);
    if (!isSendable(token)) {
      throw new VoxsyncError('source-invalid', `${id}: auth.token holds more than one word`);
    }
    current = token;
    return token;
  };
  return {
    token: async () => current ?? readAgain(),
    replace: async (refused) => {
      const token = await readAgain();
      return token.satisfies((text) => text === refused.reveal()) ? undefined : token;
    },
    close: async () => {},
  };
}

/** The session of a Vault Agent or Proxy that adds its own token. */
export const tokenlessSession: Session = {
  token: async () => undefined,
  replace: async () => undefined,
  close: async () => {},
};

/** Whether a text can stand in a header. */
export function isSendable(token: SecretBox): boolean {
  return token.satisfies((text) => /^[\u0021-\u007e]+$/.test(text));
}
