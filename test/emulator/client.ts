// The smallest client of the API: signs tokens as the vendor documents them, and posts urlencoded forms. Knows nothing of src/target/.
import { createPrivateKey } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Credentials, Emulator } from '../../src/emulator/emulator.ts';

export interface TokenChanges {
  readonly issuer?: string | number;
  readonly issuedAt?: number;
  readonly expiresAt?: number;
  readonly keyId?: string;
}

/** A bearer token; the times are seconds since 1970. */
export async function signToken(credentials: Credentials, changes: TokenChanges = {}): Promise<string> {
  const issuedAt = changes.issuedAt ?? Math.floor(Date.now() / 1000) - 5;
  const expiresAt = changes.expiresAt ?? issuedAt + 600;
  const claims = { iss: changes.issuer ?? credentials.account_id, iat: issuedAt, exp: expiresAt };
  // The vendor's clients put the account id into `iss` as a number, which the type of the claim does not foresee.
  return new SignJWT(Object.fromEntries(Object.entries(claims)))
    .setProtectedHeader({ typ: 'JWT', alg: 'RS256', kid: changes.keyId ?? credentials.key_id })
    .sign(createPrivateKey(credentials.private_key));
}

export type Json = Record<string, unknown>;

export interface Client {
  /** Posts a form and gives the parsed body. */
  call(method: string, parameters?: Readonly<Record<string, string>>): Promise<Json>;
  /** The code of the API error that a call is refused with. */
  codeOf(method: string, parameters?: Readonly<Record<string, string>>): Promise<number>;
  readonly authorization: string;
}

export async function createClient(emulator: Emulator, changes: TokenChanges = {}): Promise<Client> {
  const authorization = `Bearer ${await signToken(emulator.credentials, changes)}`;
  async function call(method: string, parameters: Readonly<Record<string, string>> = {}): Promise<Json> {
    const response = await fetch(`${emulator.url}/${method}`, {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams(parameters),
      signal: AbortSignal.timeout(10_000),
    });
    return readJson(await response.text());
  }
  return {
    call,
    authorization,
    codeOf: async (method, parameters) => codeIn(await call(method, parameters)),
  };
}

export function readJson(text: string): Json {
  const parsed: unknown = JSON.parse(text);
  if (!isJson(parsed)) throw new Error('the answer is no JSON object');
  return parsed;
}

export function codeIn(body: Json): number {
  const { error } = body;
  if (!isJson(error) || typeof error.code !== 'number') throw new Error('the answer carries no error');
  return error.code;
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The rows of a listing. */
export function rowsOf(body: Json): readonly Json[] {
  const { result } = body;
  if (!Array.isArray(result) || !result.every(isJson)) throw new Error('the answer is no listing');
  return result;
}

/** What stands under one key of every row. */
export function column(body: Json, key: string): readonly unknown[] {
  return rowsOf(body).map((row) => row[key]);
}
