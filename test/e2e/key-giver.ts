// What gives out AWS credentials on the machine itself, in the documented forms: the agent of Pod Identity, the one of ECS, and instance metadata in its second version.
import { createServer, type IncomingMessage } from 'node:http';
import { onTestFinished } from 'vitest';
import { listenOnLoopback } from '../proxy/faulty-proxy.ts';

export interface KeyGiver {
  readonly port: number;
  /** Requests in order: method, address as asked for, and what was shown to be let in. */
  readonly asked: { readonly method: string; readonly url: string; readonly shown: string }[];
  /** Access keys in the order in which they were given out. */
  readonly given: string[];
  /** The token that a caller must show from now on. */
  letIn(token: string): void;
}

/** How the agent is met. */
export interface Habits {
  /** How long keys last. */
  readonly lastsMs: number;
  /** Told of each key before it is given out. */
  readonly onKey?: (key: string, endsAt: number) => void;
  /** The secret half of every key, and its session; harmless ones when not given. */
  readonly secret?: { readonly key: string; readonly session: string };
  /** What a caller who is not let in is told besides. */
  readonly complaint?: string;
}

/** Paths that give keys: those of Pod Identity and ECS, and that of the role of an instance. */
const keyPaths =
  /^(\/v1\/credentials|\/v2\/credentials\/[\w-]+|\/latest\/meta-data\/iam\/security-credentials\/telephony)$/;
const metadataToken = 'a-token-of-instance-metadata';

/** Starts it on a loopback port. Gone at the end of the test. */
export async function startKeyGiver(habits: Habits): Promise<KeyGiver> {
  const { lastsMs, onKey, secret = { key: 'example', session: 'a session' }, complaint = '' } = habits;
  let wanted = '';
  const asked: { method: string; url: string; shown: string }[] = [];
  const given: string[] = [];

  const giveKey = () => {
    const key = `ASIAGIVEN${given.length}`;
    const endsAt = Date.now() + lastsMs;
    given.push(key);
    onKey?.(key, endsAt);
    const Expiration = new Date(endsAt).toISOString();
    const known = { Code: 'Success', Type: 'AWS-HMAC', AccessKeyId: key, AccountId: '123456789012' };
    return { ...known, SecretAccessKey: secret.key, Token: secret.session, Expiration };
  };
  const answer = (method: string, path: string, shown: string): readonly [number, string] => {
    if (method === 'PUT' && path === '/latest/api/token') return [200, metadataToken];
    if (method !== 'GET') return [405, ''];
    if (shown !== (path.startsWith('/latest/') ? metadataToken : wanted)) return [401, complaint];
    if (path === '/latest/meta-data/iam/security-credentials/') return [200, 'telephony\n'];
    return keyPaths.test(path) ? [200, JSON.stringify(giveKey())] : [404, ''];
  };

  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    const shown = shownBy(request);
    asked.push({ method, url: `http://${headers.host}${url}`, shown });
    const [status, body] = answer(method, url, shown);
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  const { port } = new URL(await listenOnLoopback(server));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: Number(port), asked, given, letIn: (token) => void (wanted = token) };
}

function shownBy({ headers }: IncomingMessage): string {
  const ttl = headers['x-aws-ec2-metadata-token-ttl-seconds'];
  const shown =
    headers.authorization ?? headers['x-aws-ec2-metadata-token'] ?? (ttl && `for ${String(ttl)} s`);
  return String(shown ?? '');
}
