// node-vault, tied to our transport and to the settings alone: no axios, no environment variables, no debug output.
import nodeVault from 'node-vault';
import type { SecretBox } from '../../secret/box.ts';
import { errorsOf, memberOf, type Answer } from './answers.ts';
import type { VaultPlace } from './settings.ts';
import type { Transport } from './transport.ts';

export interface Call {
  readonly signal: AbortSignal;
  /** Left out for a login. */
  readonly token?: SecretBox | undefined;
}

/** Requests of percent-encoded paths, with a query where there is one. An answer of any status is returned; only what is no answer throws. */
export interface VaultClient {
  read(path: string, call: Call): Promise<Answer>;
  write(path: string, body: object, call: Call): Promise<Answer>;
}

export function createClient(place: VaultPlace, transport: Transport): VaultClient {
  const client = nodeVault({
    endpoint: place.address,
    debug: () => {},
    'request-promise': transport,
  });
  const dated = (answer: Omit<Answer, 'atMs'>): Answer => ({ ...answer, atMs: transport.clock.nowMs() });
  // What the settings leave out, node-vault has taken from VAULT_* variables.
  Object.assign(client, { token: '', pathPrefix: '', namespace: place.settings.namespace ?? '' });
  return {
    read: async (path, call) => dated(await answerOf(client.read(path, optionsOf(call)), call)),
    write: async (path, body, call) => dated(await answerOf(client.write(path, body, optionsOf(call)), call)),
  };
}

/** The token goes with each request, since the client would hold on to an old one. */
function optionsOf({ signal, token }: Call): object {
  const headers: Record<string, string> = { 'X-Vault-Request': 'true' };
  if (token !== undefined) headers['X-Vault-Token'] = token.reveal();
  return { signal, headers };
}

async function answerOf(work: Promise<unknown>, { token }: Call): Promise<Omit<Answer, 'atMs'>> {
  try {
    return { status: 200, body: await work };
  } catch (error) {
    const status = memberOf(error, 'response', 'statusCode');
    if (typeof status !== 'number') throw error;
    const body = memberOf(error, 'response', 'body');
    const isEcho = errorsOf(body)?.some((text) => token?.satisfies((sent) => text.includes(sent)));
    // Errors are quoted in messages.
    return { status, body: isEcho === true ? undefined : body };
  }
}
