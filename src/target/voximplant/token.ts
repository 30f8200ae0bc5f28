// The account's token: signed when it is needed, shared by all callers, renewed well before it expires.
import { SignJWT } from 'jose';
import type { Credentials } from './key.ts';

/** Clocks drift, and a token from the future is refused. */
const backdatedSeconds = 5;
/** The longest that Voximplant accepts. */
const lifetimeSeconds = 3600;
/** How long before its end a token is no longer handed out. */
const slackSeconds = 600;

export interface TokenSource {
  /** A token that is good for at least ten minutes. */
  current(): Promise<string>;
  /** Makes `current` sign anew, unless somebody else has had this token replaced already. */
  invalidate(token: string): Promise<void>;
}

interface Signed {
  readonly token: string;
  readonly issuedAt: number;
}

/** `issuer` is the id of the account to act on: the key's own, or a child's. `now` is in milliseconds since 1970. */
export function createTokenSource(
  credentials: Pick<Credentials, 'keyId' | 'privateKey'>,
  issuer: number,
  now: () => number = Date.now,
): TokenSource {
  let signed: Promise<Signed> | undefined;

  async function current(): Promise<string> {
    const usable = signed;
    if (usable !== undefined && isFresh(await usable, now())) return (await usable).token;
    // Whoever waited for the same stale token finds the new promise here, so that it is signed once.
    if (signed === usable) signed = renew();
    const renewed = signed;
    return renewed === undefined ? current() : (await renewed).token;
  }

  async function renew(): Promise<Signed> {
    try {
      return await signToken(credentials, issuer, Math.floor(now() / 1000));
    } catch (thrown) {
      signed = undefined;
      throw thrown;
    }
  }

  async function invalidate(token: string): Promise<void> {
    const refused = signed;
    if (refused !== undefined && (await refused).token === token && signed === refused) signed = undefined;
  }

  return { current, invalidate };
}

/** A clock that was set back makes a token one from the future. */
function isFresh(signed: Signed, nowMs: number): boolean {
  const age = nowMs / 1000 - signed.issuedAt;
  return age >= 0 && age < lifetimeSeconds - slackSeconds;
}

async function signToken(
  { keyId, privateKey }: Pick<Credentials, 'keyId' | 'privateKey'>,
  issuer: number,
  now: number,
): Promise<Signed> {
  const issuedAt = now - backdatedSeconds;
  const token = await new SignJWT({ iss: String(issuer), iat: issuedAt, exp: issuedAt + lifetimeSeconds })
    .setProtectedHeader({ typ: 'JWT', alg: 'RS256', kid: keyId })
    .sign(privateKey);
  return { token, issuedAt };
}
