// Reading from one Vault: a few requests at a time, with the session's token, repeated where that may help.
import PQueue from 'p-queue';
import { VoxsyncError } from '../../errors.ts';
import { retrying } from '../../retry.ts';
import { createOutageWatch } from '../outage.ts';
import { createConnections, type Connections } from './agent.ts';
import type { Answer } from './answers.ts';
import { createClient, type VaultClient } from './client.ts';
import { nameOf } from './identity.ts';
import { LoginSession } from './login-session.ts';
import { createLogin } from './login.ts';
import type { VaultPath } from './path.ts';
import { isOutage, refusalOf, type Question } from './refusals.ts';
import { createTokenSession, tokenlessSession, type Session } from './session.ts';
import type { VaultPlace } from './settings.ts';
import { createTransport } from './transport.ts';

/** What may pass is tried again soon: a pass is not held up by a Vault that is down. */
const patience = { attempts: 3, minDelayMs: 250, maxDelayMs: 1000 };

const concurrency = 8;

type Send = () => Promise<Answer>;

/** The answer is a 200 or a 404, whose meaning is the caller's matter; all else throws a VoxsyncError, or the signal's reason. */
export interface Access {
  /** Who we are, for messages. */
  readonly identity: string;
  /** `query` is appended as it is: `version=3`. */
  read(path: VaultPath, signal: AbortSignal, query?: string): Promise<Answer>;
  list(path: VaultPath, signal: AbortSignal): Promise<Answer>;
  /** As `list`, of what there may not be or may be forbidden: a refusal casts no doubt on the token. */
  tryList(path: VaultPath, signal: AbortSignal, query: string): Promise<Answer>;
  /** As `read`, from another namespace than ours, and without a token. */
  readElsewhere(namespace: string, path: VaultPath, signal: AbortSignal): Promise<Answer>;
  close(): Promise<void>;
}

/** Nothing is sent before the first question. Throws `source-invalid` for settings that cannot work. */
export function openAccess(place: VaultPlace): Access {
  const connections = createConnections(place, concurrency);
  const transport = createTransport(place, connections);
  const client = createClient(place, transport);
  const session = sessionOf(place, client, connections);
  const queue = new PQueue({ concurrency });
  const outage = createOutageWatch({ id: place.id, failures: concurrency, isOutage });
  let isClosed = false;

  const once = async (question: Question, send: Send, signal: AbortSignal): Promise<Answer> => {
    signal.throwIfAborted();
    if (isClosed) throw new VoxsyncError('unexpected', `${place.id}: the source is closed`);
    const answer = await send();
    if (answer.status === 200 || answer.status === 404) return answer;
    throw refusalOf(place.id, { ...question, identity: session.identity }, answer);
  };
  const ask = (question: Question, send: Send, signal: AbortSignal): Promise<Answer> =>
    // Not with the queue's own use of the signal, which hangs a listener for each waiting request on it.
    queue.add(() =>
      outage.unlessDown(() => retrying(() => once(question, send, signal), { ...patience, signal })),
    );
  const get = (question: Question, url: string, signal: AbortSignal): Promise<Answer> => {
    const send = async (): Promise<Answer> => {
      const token = await session.token(signal);
      const answer = await client.read(url, { token, signal });
      if (answer.status !== 403 || token === undefined || question.isOptional === true) return answer;
      const other = await session.replace(token, signal);
      return other === undefined ? answer : client.read(url, { token: other, signal });
    };
    return ask(question, send, signal);
  };

  return {
    get identity() {
      return session.identity;
    },
    read: ({ encoded, shown }, signal, query = '') =>
      get({ capability: 'read', shown }, query === '' ? encoded : `${encoded}?${query}`, signal),
    // Not by the method LIST, which some proxies refuse.
    list: ({ encoded, shown }, signal) =>
      get({ capability: 'list', shown: `${shown}/` }, `${encoded}?list=1`, signal),
    tryList: ({ encoded, shown }, signal, query) =>
      get({ capability: 'list', shown: `${shown}/`, isOptional: true }, `${encoded}?list=1&${query}`, signal),
    readElsewhere: (namespace, { encoded, shown }, signal) => {
      const stranger = createClient({ ...place, settings: { ...place.settings, namespace } }, transport);
      return ask({ capability: 'read', shown }, () => stranger.read(encoded, { signal }), signal);
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
  return new LoginSession(nameOf(auth), client, createLogin(id, auth, client, connections));
}
