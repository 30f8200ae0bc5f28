// Keys that AWS calls expired before their time: they are fetched anew, and the call is made once more.
import type { Credentials, GiveCredentials } from './credentials.ts';
import { symptomOf } from './failures.ts';

/** What a client of the SDK gives its own keys by; `forceRefresh` passes over those it holds. */
interface Signing {
  readonly config: { readonly credentials: GiveCredentials };
}

/**
 * Runs a call. This clock may be behind, or a session cut short, so that keys end before the time that they tell; keys
 * that stay the same are not tried twice. Throws what the call throws.
 */
export async function withFreshKeys<T>({ config }: Signing, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!symptomOf(error).name.startsWith('ExpiredToken')) throw error;
    const held = await config.credentials();
    const fresh = await config.credentials({ forceRefresh: true });
    if (isSameKey(held, fresh)) throw error;
    return await call();
  }
}

function isSameKey(one: Credentials, other: Credentials): boolean {
  return one.accessKeyId === other.accessKeyId && one.sessionToken === other.sessionToken;
}
