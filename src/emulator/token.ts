// Who is calling: the bearer token, or the legacy pair of parameters; and which account they speak for.
import { createPublicKey, type KeyObject } from 'node:crypto';
import { compactVerify, decodeJwt, decodeProtectedHeader } from 'jose';
import { ApiRefusal } from './codes.ts';
import type { Credentials } from './credentials.ts';
import type { ApiCall } from './request.ts';
import type { Store, StoredAccount } from './store.ts';
import type { EmulatorSwitches } from './switches.ts';

const longestLifetimeSeconds = 3600;

interface RegisteredKey {
  readonly accountId: number;
  readonly publicKey: KeyObject;
}

/** The public keys of those who are let in, by key id. */
export type KeyRing = Map<string, RegisteredKey>;

/** Lets the holder of these credentials in. */
export function registerKey(keys: KeyRing, credentials: Credentials): void {
  const publicKey = createPublicKey(credentials.private_key);
  keys.set(credentials.key_id, { accountId: credentials.account_id, publicKey });
}

/** What a call is checked against. */
export interface Gate {
  readonly store: Store;
  readonly keys: KeyRing;
  readonly switches: EmulatorSwitches;
  readonly now: Date;
}

/** The account a call speaks for. Throws `ApiRefusal` 100, 447, 454, 455 or 456. */
export async function authorize(call: ApiCall, gate: Gate): Promise<StoredAccount> {
  if (call.authorization === undefined) return authorizeByApiKey(call, gate.store);
  const token = /^Bearer ([\w.-]+)$/i.exec(call.authorization)?.[1];
  if (token === undefined) throw new ApiRefusal(447);
  const { keyId, claims } = decode(token);
  const key = gate.keys.get(keyId);
  if (key === undefined || !(await isSignedBy(token, key.publicKey))) throw new ApiRefusal(100);
  checkTimes(claims, gate);
  return accountOf(claims.issuer, key.accountId, gate.store);
}

function authorizeByApiKey(call: ApiCall, store: Store): StoredAccount {
  const account = store.accounts.get(Number(call.parameters.get('account_id')));
  const apiKey = call.parameters.get('api_key');
  if (account === undefined || apiKey !== account.apiKey) throw new ApiRefusal(100);
  return account;
}

interface Claims {
  readonly issuer: number;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

function decode(token: string): { readonly keyId: string; readonly claims: Claims } {
  const { header, payload } = decodeParts(token);
  const issuer: unknown = payload.iss;
  const isAccountId = typeof issuer === 'number' || (typeof issuer === 'string' && /^\d+$/.test(issuer));
  const { iat, exp } = payload;
  const isComplete = header.alg === 'RS256' && typeof header.kid === 'string' && isAccountId;
  if (!isComplete || typeof iat !== 'number' || typeof exp !== 'number') throw new ApiRefusal(447);
  return {
    keyId: String(header.kid),
    claims: { issuer: Number(issuer), issuedAt: iat, expiresAt: exp },
  };
}

function decodeParts(token: string) {
  try {
    return { header: decodeProtectedHeader(token), payload: decodeJwt(token) };
  } catch {
    throw new ApiRefusal(447);
  }
}

async function isSignedBy(token: string, key: KeyObject): Promise<boolean> {
  try {
    await compactVerify(token, key, { algorithms: ['RS256'] });
    return true;
  } catch {
    return false;
  }
}

function checkTimes(claims: Claims, gate: Gate): void {
  const now = Math.floor(gate.now.getTime() / 1000);
  if (claims.expiresAt - claims.issuedAt > longestLifetimeSeconds) throw new ApiRefusal(454);
  if (claims.issuedAt > now + gate.switches.iatToleranceSeconds) throw new ApiRefusal(455);
  if (claims.expiresAt <= now) throw new ApiRefusal(456);
}

/** A key speaks for its own account and, with the child's id as issuer, for a child of it. */
function accountOf(issuer: number, keyAccountId: number, store: Store): StoredAccount {
  const account = store.accounts.get(issuer);
  if (account === undefined) throw new ApiRefusal(100);
  if (account.id !== keyAccountId && account.parentId !== keyAccountId) throw new ApiRefusal(100);
  return account;
}
