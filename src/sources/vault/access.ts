// Reading from one Vault: a few requests at a time, with the session's token, repeated where that may help.
import PQueue from 'p-queue';
import { VoxsyncError } from '../../errors.ts';
import { retrying } from '../../retry.ts';
import type { SecretBox } from '../../secret/box.ts';
import { createConnections, type Connections } from './agent.ts';
import type { Answer } from './answers.ts';
import { createClient, type VaultClient } from './client.ts';
import { LoginSession } from './login-session.ts';
import { createLogin } from './login.ts';
import type { VaultPath } from './path.ts';
import { refusalOf, type Question } from './refusals.ts';
import { createTokenSession, tokenlessSession, type Session } from './session.ts';
import type { VaultPlace } from './settings.ts';
import { createTransport } from './transport.ts';

/** What may pass is tried again soon: a pass is not held up by a Vault that is down. */
const patience = { attempts: 3, minDelayMs: 250, maxDelayMs: 1000 };

const concurrency = 8;

/** The answer is a 200 or a 404, whose meaning is the caller's matter; all else throws a VoxsyncError, or the signal's reason. */
export interface Access {
  /** `query` is appended as it is: `version=3`. */
  read(path: VaultPath, signal: AbortSignal, query?: string): Promise<Answer>;
  list(path: VaultPath, signal: AbortSignal): Promise<Answer>;
  close(): Promise<void>;
}

type Ask = (token: SecretBox | undefined) => Promise<Answer>;

/** Nothing is sent before the first question. Throws `source-invalid` for settings that cannot work. */
export function openAccess(place: VaultPlace): Access {
  const connections = createConnections(place, concurrency);
  const client = createClient(place, createTransport(place, connections));
  const session = sessionOf(place, client, connections);
  const queue = new PQueue({ concurrency });
  let isClosed = false;

  const once = async (question: Question, ask: Ask, signal: AbortSignal): Promise<Answer> => {
    signal.throwIfAborted();
    if (isClosed) throw new VoxsyncError('unexpected', `${place.id}: the source is closed`);
    const token = await session.token(signal);
    let answer = await ask(token);
    if (answer.status === 403 && token !== undefined) {
      const other = await session.replace(token, signal);
      if (other !== undefined) answer = await ask(other);
    }
    if (answer.status === 200 || answer.status === 404) return answer;
    throw refusalOf(place.id, question, answer);
  };
  const ask = (question: Question, send: Ask, signal: AbortSignal): Promise<Answer> =>
    // Not with the queue's own use of the signal, which hangs a listener for each waiting request on it.
    queue.add(() => retrying(() => once(question, send, signal), { ...patience, signal }));

  return {
    read: (path, signal, query = '') => {
      const url = query === '' ? path.encoded : `${path.encoded}?${query}`;
      const question: Question = { capability: 'read', shown: path.shown };
      return ask(question, (token) => client.read(url, { token, signal }), signal);
    },
    list: (path, signal) => {
      const question: Question = { capability: 'list', shown: `${path.shown}/` };
      return ask(question, (token) => client.list(path.encoded, { token, signal }), signal);
    },
    close: async () => {
      if (isClosed) return;
      isClosed = true;
      await session.close();
      await connections.close();
    },
  };
}

function sessionOf(
  { id, settings: { auth } }: VaultPlace,
  client: VaultClient,
  connections: Connections,
): Session {
  if (auth.method === 'none') return tokenlessSession;
  if (auth.method === 'token') return createTokenSession(id, auth.token);
  return new LoginSession(client, createLogin(id, auth, client, connections));
}
