// The vendor's own npm client against the emulator, unchanged.
// It always posts to `https://HOST/platform_api`, so no option can point it at a plain HTTP port. But it obeys the
// variable `https_proxy`, and its HTTP library then sends the whole URL in plain HTTP to the proxy named there:
// that is the emulator, which takes whole URLs as every server must. The host is a name that can never be reached,
// so a request that should miss the emulator goes nowhere.
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type Vendor from '@voximplant/apiclient-nodejs';
import { afterEach, expect, test, vi } from 'vitest';
import { writeCredentialsFile, type Emulator, type EmulatorSwitches } from '../../src/emulator/emulator.ts';
import { start } from './started.ts';

// The package is CommonJS with a `default` inside; `require` gives it the same everywhere.
const vendor: typeof Vendor = createRequire(import.meta.url)('@voximplant/apiclient-nodejs');

const folders: string[] = [];

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

/** The vendor's client, once it has read its credentials from the file that `VOXIMPLANT_CREDENTIALS` names. */
async function createVendorClient(emulator: Emulator): Promise<InstanceType<typeof vendor.default>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'vendor-'));
  folders.push(folder);
  const file = path.join(folder, 'credentials.json');
  await writeCredentialsFile(file, emulator.credentials);
  vi.stubEnv('VOXIMPLANT_CREDENTIALS', file);
  vi.stubEnv('https_proxy', new URL(emulator.url).origin);
  vi.stubEnv('no_proxy', '');
  return new Promise((resolve) => {
    const client = new vendor.default({ host: 'voximplant.invalid' });
    client.onReady = resolve;
  });
}

/** The vendor's types know results as lists only. */
const asTyped: Partial<EmulatorSwitches> = { addSecretResult: 'list', getSecretValueResult: 'list' };

test("the vendor's client lists, adds, reads, changes and deletes secrets", async () => {
  const { emulator } = await start({ switches: asTyped });
  const { Secrets } = await createVendorClient(emulator);
  const app = { applicationId: 1001 };
  const value = 'first\nline é 🔑';

  const added = await Secrets.addSecret({ ...app, secretName: 'KEY', secretValue: value, description: 'd' });
  expect(added).toEqual({ result: [{ secretId: 101 }] });
  expect(emulator.state.readValue('app', 'KEY')).toBe(value);

  const listed = await Secrets.getSecrets({ applicationName: 'app', count: 10 });
  expect(listed).toMatchObject({ count: 1, totalCount: 1 });
  expect(listed.result[0]).toMatchObject({ secretId: 101, secretName: 'KEY', description: 'd' });

  const read = await Secrets.getSecretValue({ ...app, secretId: 101 });
  expect(read.result[0]).toMatchObject({ secretId: 101, secretValue: value });

  const changed = await Secrets.setSecretInfo({ ...app, secretName: 'KEY', secretValue: 'second' });
  expect(changed.result).toBe(1);
  expect(emulator.state.readValue('app', 'KEY')).toBe('second');

  emulator.state.addSecret('app', { name: 'OTHER', value: 'v' });
  // Its types demand an id and a name at once; the API takes one of the two, so the request is made as JavaScript would.
  const byId: Parameters<typeof Secrets.delSecret>[0] = JSON.parse(
    '{"applicationId": 1001, "secretId": [101, 102]}',
  );
  const deleted = await Secrets.delSecret(byId);
  expect(deleted.result).toBe(1);
  expect(emulator.state.secrets('app')).toEqual([]);
});

test("the vendor's client sees errors, applications and the account", async () => {
  const { emulator } = await start({ applications: [{ name: 'call-center' }] });
  const client = await createVendorClient(emulator);
  const info = await client.Accounts.getAccountInfo({});
  expect(info).toMatchObject({
    result: { accountId: 12_345, active: true },
    apiAddress: new URL(emulator.url).host,
  });
  const { result } = await client.Applications.getApplications({ applicationName: 'call' });
  expect(result).toMatchObject([{ applicationName: 'call-center.account.voximplant.com' }]);
  const refused = await client.Secrets.getSecrets({ applicationId: 9 });
  expect(refused.error).toMatchObject({ code: 558 });
});

test("the vendor's client crashes on the object that AddSecret was measured to answer", async () => {
  const { emulator } = await start();
  const { Secrets } = await createVendorClient(emulator);
  const adding = Secrets.addSecret({ applicationId: 1001, secretName: 'KEY', secretValue: 'v' });
  await expect(adding).rejects.toThrow('map is not a function');
  expect(emulator.state.readValue('app', 'KEY')).toBe('v');
});
