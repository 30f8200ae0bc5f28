// The few calls of Vault's API that setting a server up takes.
import { request } from 'undici';
import { textAt } from '../json.ts';

/** One POST. Rejects with the answer's text on any error status. */
export async function call(address: string, path: string, body: object, token?: string): Promise<unknown> {
  const answer = await request(`${address}/v1/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: token === undefined ? {} : { 'x-vault-token': token },
  });
  const text = await answer.body.text();
  if (answer.statusCode >= 300) throw new Error(`${path}: ${answer.statusCode} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

/** Again, until it works; for five seconds. */
export async function retry(work: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await work();
      return;
    } catch (error) {
      if (attempt === 100) throw error;
      await new Promise((resolve) => {
        setTimeout(resolve, 50);
      });
    }
  }
}

export interface Keys {
  readonly unsealKey: string;
  readonly rootToken: string;
}

/** Initialises a new Vault with one key. */
export async function initialise(address: string): Promise<Keys> {
  const made = await call(address, 'sys/init', { secret_shares: 1, secret_threshold: 1 });
  return {
    unsealKey: textAt(made, 'keys_base64', '0'),
    rootToken: textAt(made, 'root_token'),
  };
}

/** Mounts KV version 2 at `secret/`, and waits for the upgrade that follows. */
export async function mountSecrets(address: string, token: string): Promise<void> {
  await retry(() => call(address, 'sys/mounts/secret', { type: 'kv', options: { version: '2' } }, token));
  await retry(() => call(address, 'secret/config', { max_versions: 10 }, token));
}

/** Whether a server answers at all, sealed or not. */
export async function answers(port: number, signal: AbortSignal): Promise<boolean> {
  const answer = await request(`http://127.0.0.1:${port}/v1/sys/seal-status`, { signal });
  await answer.body.dump();
  return answer.statusCode === 200;
}
