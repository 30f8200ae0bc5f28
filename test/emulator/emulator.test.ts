// The emulator as a whole: its journal, its state, its credentials file, and its end.
import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { startEmulator, writeCredentialsFile } from '../../src/emulator/emulator.ts';
import { CallJournal, type JournalEntry } from '../../src/emulator/journal.ts';
import { createClient } from './client.ts';
import { holdUntil, inApp, start } from './started.ts';

const canary = 'canary-9f3a';

describe('the journal', () => {
  test('tells every call and what became of it, but no value and no token', async () => {
    const { emulator, client } = await start();
    const add = { ...inApp, secret_name: 'KEY', secret_value: canary, note: canary };
    await client.call('AddSecret', add);
    await client.call('AddSecret', add);
    await client.call('GetSecretValue', { ...inApp, secret_name: 'KEY' });
    await fetch(`${emulator.url}/SetSecretInfo?secret_value=${canary}`, { method: 'POST' });
    expect(emulator.journal.entries).toMatchObject([
      {
        method: 'AddSecret',
        parameters: { application_id: '1001', secret_name: 'KEY' },
        secretValue: 'body',
        account: 12_345,
        application: 1001,
        outcome: { kind: 'answered' },
      },
      { outcome: { kind: 'refused', code: 493 } },
      { method: 'GetSecretValue', secretValue: 'absent' },
      {
        secretValue: 'query',
        account: undefined,
        application: undefined,
        outcome: { kind: 'refused', code: 100 },
      },
    ]);
    const text = JSON.stringify(emulator.journal.entries);
    expect(text).not.toContain(canary);
    expect(text).not.toContain(client.authorization.slice(20, 60));
    expect(emulator.journal.countByMethod()).toEqual({ AddSecret: 2, GetSecretValue: 1, SetSecretInfo: 1 });
    emulator.journal.clear();
    expect([emulator.journal.entries, emulator.journal.countByMethod()]).toEqual([[], {}]);
  });
});

describe('a long journal', () => {
  const entry: JournalEntry = {
    at: new Date(),
    method: 'GetSecrets',
    parameters: {},
    secretValue: 'absent',
    account: undefined,
    application: undefined,
    outcome: { kind: 'answered' },
  };

  test('keeps the last calls and counts all, but not under every name there is', () => {
    const journal = new CallJournal();
    for (let call = 1; call <= 25_000; call += 1) journal.record({ ...entry, account: call });
    expect(journal.entries.length).toBeLessThanOrEqual(10_000);
    expect(journal.entries.length).toBeGreaterThan(8000);
    expect(journal.entries.at(-1)?.account).toBe(25_000);
    expect(journal.countByMethod()).toEqual({ GetSecrets: 25_000 });
    for (let call = 1; call <= 500; call += 1) journal.record({ ...entry, method: `M${call}` });
    expect(journal.countByMethod()).toMatchObject({ M1: 1, other: 401 });
  });

  test('cuts what is long', async () => {
    const { emulator, client } = await start();
    await client.call('M'.repeat(100), { ...inApp, description: 'd'.repeat(9000) });
    const [last] = emulator.journal.entries;
    expect(last?.method).toHaveLength(64);
    expect(last?.parameters.description).toHaveLength(8192);
  });

  test('is followed while it is written', async () => {
    const { emulator, client } = await start();
    const seen: string[] = [];
    const stop = emulator.journal.follow(({ method }) => seen.push(method));
    await client.call('GetAccountInfo');
    stop();
    await client.call('GetApplications');
    expect(seen).toEqual(['GetAccountInfo']);
  });
});

describe('the state', () => {
  test('is changed as by a person: `modified` moves on at once', async () => {
    const { emulator, client } = await start();
    emulator.state.addSecret('app', { name: 'KEY', value: 'v', description: 'd' });
    const before = emulator.state.secrets('app')[0]?.modified.getTime() ?? 0;
    emulator.state.changeSecret('app', 'KEY', { value: 'w' });
    emulator.state.changeSecret(1001, 'KEY', { description: 'e' });
    emulator.state.changeSecret('app.account.voximplant.com', 'KEY', { name: 'OTHER' });
    const [secret] = emulator.state.secrets('app');
    expect(secret).toMatchObject({ name: 'OTHER', description: 'e' });
    expect((secret?.modified.getTime() ?? 0) - before).toBeGreaterThanOrEqual(3000);
    expect(secret).not.toHaveProperty('value');
    const value = await client.call('GetSecretValue', { ...inApp, secret_name: 'OTHER' });
    expect(value).toHaveProperty('result.secret_value', 'w');
  });

  test('takes applications and secrets with ids, and later ids stay above', async () => {
    const { emulator } = await start({
      applications: [{ name: 'first', id: 70, secrets: [{ name: 'A', value: 'v', id: 500 }] }],
    });
    expect(emulator.state.addApplication({ name: 'second' })).toBe(1001);
    expect(emulator.state.addSecret('second', { name: 'B', value: 'v' })).toBe(501);
    expect(emulator.state.readValue(70, 'A')).toBe('v');
    expect(emulator.state.readValue(70, 'B')).toBeUndefined();
    emulator.state.deleteSecret('first', 'A');
    expect(emulator.state.secrets('first')).toEqual([]);
  });

  test('says what does not exist', async () => {
    const { emulator } = await start();
    expect(() => emulator.state.secrets('nope')).toThrow('no application nope');
    expect(() => emulator.state.deleteSecret('app', 'NOPE')).toThrow('has no secret NOPE');
    expect(() => emulator.state.addApplication({ name: 'x' }, 9)).toThrow('no account 9');
  });
});

describe('credentials', () => {
  const folders: string[] = [];
  afterEach(async () => {
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
  });
  const folder = async () => {
    const made = await mkdtemp(path.join(tmpdir(), 'emulator-'));
    folders.push(made);
    return made;
  };

  test('are made fresh, in the form of the control panel, and let in', async () => {
    const emulator = await startEmulator({ accountId: 4711 });
    const { credentials } = emulator;
    expect(credentials).toMatchObject({ account_id: 4711, account_email: expect.stringContaining('@') });
    expect(credentials.private_key).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    const client = await createClient(emulator);
    expect(await client.call('GetAccountInfo')).toHaveProperty('result.account_id', 4711);
    await emulator.close();
    const again = await startEmulator({ credentials });
    expect(await (await createClient(again)).call('GetAccountInfo')).toHaveProperty(
      'result.account_id',
      4711,
    );
    await again.close();
  });

  test('are written for the owner only, and replace an old file or link whole', async () => {
    const { emulator } = await start();
    const home = await folder();
    const file = path.join(home, 'credentials.json');
    await writeFile(path.join(home, 'elsewhere'), 'untouched', { mode: 0o644 });
    await symlink(path.join(home, 'elsewhere'), file);
    await writeCredentialsFile(file, emulator.credentials);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(emulator.credentials);
    expect(await readFile(path.join(home, 'elsewhere'), 'utf8')).toBe('untouched');
    expect((await readdir(home)).toSorted()).toEqual(['credentials.json', 'elsewhere']);
  });

  test('leave no draft behind when they cannot be put in place', async () => {
    const { emulator } = await start();
    const home = await folder();
    const target = await mkdtemp(path.join(home, 'taken-'));
    await expect(writeCredentialsFile(target, emulator.credentials)).rejects.toThrow('rename');
    expect(await readdir(home)).toEqual([path.basename(target)]);
  });
});

describe('the end', () => {
  test('ends hanging and waiting calls, and may come twice', async () => {
    const { emulator, client } = await start({ latencyMs: 600_000 });
    emulator.faults.add({ kind: 'hang' });
    const bothArrived = holdUntil(emulator, 2);
    const calls = Promise.allSettled([client.call('GetSecrets', inApp), client.call('GetSecrets', inApp)]);
    await bothArrived;
    await emulator.close();
    expect((await calls).map((call) => call.status)).toEqual(['rejected', 'rejected']);
    await emulator.close();
    await expect(fetch(emulator.url)).rejects.toThrow('fetch failed');
  });

  test('frees the port, and a taken port is an error', async () => {
    const { emulator } = await start();
    const port = Number(new URL(emulator.url).port);
    await expect(start({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await emulator.close();
    const next = await start({ port });
    expect(next.emulator.url).toBe(emulator.url);
  });
});
