// Who is let in: tokens good and bad, child accounts, and the legacy key.
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { CompactSign, UnsecuredJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import type { Credentials } from '../../src/emulator/emulator.ts';
import { codeIn, column, createClient, readJson, signToken } from './client.ts';
import { start } from './started.ts';

const seconds = () => Math.floor(Date.now() / 1000);

async function callWith(url: string, authorization?: string): Promise<Record<string, unknown>> {
  const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
  const response = await fetch(`${url}/GetAccountInfo`, { method: 'POST', headers });
  expect(response.status).toBe(200);
  return readJson(await response.text());
}

function signPayload(credentials: Credentials, payload: string): Promise<string> {
  return new CompactSign(Buffer.from(payload))
    .setProtectedHeader({ typ: 'JWT', alg: 'RS256', kid: credentials.key_id })
    .sign(createPrivateKey(credentials.private_key));
}

describe('a token', () => {
  test.each([
    ['as a number', 12_345],
    ['as text', '12345'],
  ])('is accepted with the issuer %s', async (_label, issuer) => {
    const { emulator } = await start();
    const client = await createClient(emulator, { issuer });
    expect(await client.call('GetAccountInfo')).toHaveProperty('result.account_id', 12_345);
  });

  test('may live for an hour and no second longer', async () => {
    const { emulator } = await start();
    const issuedAt = seconds() - 5;
    const hour = await createClient(emulator, { issuedAt, expiresAt: issuedAt + 3600 });
    expect(await hour.call('GetAccountInfo')).toHaveProperty('result');
    const longer = await createClient(emulator, { issuedAt, expiresAt: issuedAt + 3601 });
    expect(await longer.codeOf('GetAccountInfo')).toBe(454);
  });

  test('is refused when it comes from the future, unless that is tolerated', async () => {
    const { emulator } = await start();
    const client = await createClient(emulator, { issuedAt: seconds() + 30 });
    expect(await client.codeOf('GetAccountInfo')).toBe(455);
    emulator.setSwitches({ iatToleranceSeconds: 60 });
    expect(await client.call('GetAccountInfo')).toHaveProperty('result');
  });

  test('expires by the clock of the emulator', async () => {
    let now = new Date();
    const { client } = await start({ clock: () => now });
    expect(await client.call('GetAccountInfo')).toHaveProperty('result');
    now = new Date(now.getTime() + 600_000);
    expect(await client.codeOf('GetAccountInfo')).toBe(456);
  });

  test('needs a key that the emulator knows, until it is revoked', async () => {
    const { emulator, client } = await start();
    const stranger = await createClient(emulator, { keyId: 'unknown' });
    expect(await stranger.codeOf('GetAccountInfo')).toBe(100);
    const second = await emulator.issueCredentials();
    const token = `Bearer ${await signToken(second)}`;
    expect(await callWith(emulator.url, token)).toHaveProperty('result');
    emulator.revokeKey(second.key_id);
    expect(codeIn(await callWith(emulator.url, token))).toBe(100);
    expect(await client.call('GetAccountInfo')).toHaveProperty('result');
  });

  test('needs the signature of that key', async () => {
    const { emulator } = await start();
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const token = await signToken({ ...emulator.credentials, private_key: privateKey });
    expect(codeIn(await callWith(emulator.url, `Bearer ${token}`))).toBe(100);
  });

  test('must have the right form', async () => {
    const { emulator } = await start();
    const unsigned = new UnsecuredJWT({ iss: '12345', iat: seconds(), exp: seconds() + 60 }).encode();
    const noTimes = await signPayload(emulator.credentials, '{"iss":12345}');
    const noObject = await signPayload(emulator.credentials, '12345');
    const noAccount = await signToken(emulator.credentials, { issuer: 'me' });
    for (const bad of ['', 'x.y.z', unsigned, noTimes, noObject, noAccount]) {
      expect(codeIn(await callWith(emulator.url, `Bearer ${bad}`))).toBe(447);
    }
    expect(codeIn(await callWith(emulator.url, 'Basic abc'))).toBe(447);
  });

  test('of a key without the role is refused for secrets only', async () => {
    const { client } = await start({ switches: { secretsRole: 'missing' } });
    expect(await client.codeOf('GetSecrets', { application_id: '1001' })).toBe(100);
    expect(await client.call('GetAccountInfo')).toHaveProperty('result');
    expect(await client.call('GetApplications')).toHaveProperty('result');
  });
});

test('no token and no key is refused', async () => {
  const { emulator } = await start();
  expect(codeIn(await callWith(emulator.url))).toBe(100);
});

test("a child account is reached with the parent's key and its own id as issuer, and has its own applications", async () => {
  const { emulator, client } = await start({
    childAccounts: [{ id: 777, name: 'child', applications: [{ name: 'app' }] }],
  });
  emulator.state.addAccount({ id: 888, name: 'stranger' });
  const child = await createClient(emulator, { issuer: 777 });
  const applications = await child.call('GetApplications');
  expect(column(applications, 'application_name')).toEqual(['app.child.voximplant.com']);
  expect(await client.codeOf('GetSecrets', { application_id: '1002' })).toBe(558);
  expect(await child.call('GetSecrets', { application_id: '1002' })).toMatchObject({ total_count: 0 });
  expect(emulator.journal.entries.map((entry) => entry.account)).toEqual([777, 12_345, 777]);
  for (const issuer of [888, 999]) {
    const stranger = await createClient(emulator, { issuer });
    expect(await stranger.codeOf('GetAccountInfo')).toBe(100);
  }
});

test('the legacy account_id and api_key let in, and never reach the journal', async () => {
  const { emulator } = await start();
  const good = await fetch(`${emulator.url}/GetAccountInfo?account_id=12345&api_key=${emulator.apiKey}`);
  expect(readJson(await good.text())).toHaveProperty('result');
  const bad = await fetch(`${emulator.url}/GetAccountInfo?account_id=12345&api_key=wrong`);
  expect(codeIn(readJson(await bad.text()))).toBe(100);
  expect(JSON.stringify(emulator.journal.entries)).not.toContain(emulator.apiKey);
});
