// The methods as the API documents them, over real HTTP, with every switch at its default.
import { describe, expect, test } from 'vitest';
import { column, rowsOf } from './client.ts';
import { inApp, start } from './started.ts';

const at = new Date('2026-03-01T10:20:30.700Z');

/** An emulator with the secrets A, B and C (101 to 103). */
async function three() {
  const started = await start();
  for (const name of ['A', 'B', 'C']) started.emulator.state.addSecret('app', { name, value: 'v' });
  const names = () => started.emulator.state.secrets('app').map((secret) => secret.name);
  return { ...started, names };
}

/** An emulator with thirty secrets. */
async function thirty() {
  const started = await start();
  for (let index = 1; index <= 30; index += 1) {
    started.emulator.state.addSecret('app', { name: `S${index}`, value: 'v' });
  }
  return started;
}

describe('a secret', () => {
  test('is added, listed without its value, read, changed in place and deleted', async () => {
    let now = at;
    const { client, emulator } = await start({ clock: () => now });
    expect(
      await client.call('AddSecret', {
        ...inApp,
        secret_name: 'KEY',
        secret_value: 'one',
        description: 'first',
      }),
    ).toEqual({ result: { secret_id: 101 } });
    const row = {
      secret_id: 101,
      secret_name: 'KEY',
      description: 'first',
      created: '2026-03-01 10:20:30',
      modified: '2026-03-01 10:20:30',
    };
    expect(await client.call('GetSecrets', inApp)).toEqual({ result: [row], count: 1, total_count: 1 });
    expect(await client.call('GetSecretValue', { ...inApp, secret_id: '101' })).toEqual({
      result: { ...row, secret_value: 'one' },
    });

    now = new Date(at.getTime() + 5000);
    const change = { ...inApp, secret_name: 'KEY', secret_value: 'two', description: 'second' };
    expect(await client.call('SetSecretInfo', change)).toEqual({ result: 1 });
    expect(await client.call('GetSecretValue', { ...inApp, secret_name: 'KEY' })).toEqual({
      result: { ...row, description: 'second', modified: '2026-03-01 10:20:35', secret_value: 'two' },
    });

    expect(await client.call('DelSecret', { ...inApp, secret_id: '101' })).toEqual({ result: 1 });
    expect(emulator.state.secrets('app')).toEqual([]);
  });

  test('keeps what SetSecretInfo does not mention, and changes its name', async () => {
    const { client, emulator } = await start();
    emulator.state.addSecret('app', { name: 'OLD', value: 'v', description: 'd' });
    await client.call('SetSecretInfo', { ...inApp, secret_name: 'OLD', new_secret_name: 'NEW' });
    expect(emulator.state.readValue('app', 'NEW')).toBe('v');
    expect(emulator.state.secrets('app')).toMatchObject([{ name: 'NEW', description: 'd' }]);
  });

  test('does not move `modified` when nothing changes', async () => {
    let now = at;
    const { client, emulator } = await start({ clock: () => now });
    emulator.state.addSecret('app', { name: 'KEY', value: 'v' });
    now = new Date(at.getTime() + 60_000);
    await client.call('SetSecretInfo', { ...inApp, secret_name: 'KEY', secret_value: 'v' });
    expect(emulator.state.secrets('app')[0]?.modified).toEqual(new Date('2026-03-01T10:20:30Z'));
  });

  test.each([
    ['a digit first', '1KEY'],
    ['a dash', 'A-B'],
    ['65 characters', 'A'.repeat(65)],
    ['nothing', ''],
    ['a line end', 'KEY\n'],
  ])('cannot have a name with %s', async (_label, name) => {
    const { client, emulator } = await start();
    expect(await client.codeOf('AddSecret', { ...inApp, secret_name: name, secret_value: 'v' })).toBe(101);
    expect(emulator.state.secrets('app')).toEqual([]);
  });

  test('has a value of up to 8192 characters and a description cut to 200, without a word', async () => {
    const { client, emulator } = await start();
    const add = { ...inApp, secret_name: 'A'.repeat(64), description: 'd'.repeat(201) };
    expect(await client.codeOf('AddSecret', { ...add, secret_value: 'é'.repeat(8193) })).toBe(134);
    expect(await client.call('AddSecret', { ...add, secret_value: 'é'.repeat(8192) })).toHaveProperty(
      'result',
    );
    expect(emulator.state.secrets('app')[0]?.description).toBe('d'.repeat(200));
  });

  test('is unique by name, also when another is renamed', async () => {
    const { client, emulator } = await start();
    emulator.state.addSecret('app', { name: 'A', value: '1' });
    emulator.state.addSecret('app', { name: 'B', value: '2' });
    expect(await client.codeOf('AddSecret', { ...inApp, secret_name: 'A', secret_value: 'x' })).toBe(493);
    const rename = { ...inApp, secret_name: 'A', new_secret_name: 'B' };
    expect(await client.codeOf('SetSecretInfo', rename)).toBe(493);
    expect(emulator.state.readValue('app', 'A')).toBe('1');
    expect(await client.call('SetSecretInfo', { ...rename, new_secret_name: 'A' })).toEqual({ result: 1 });
  });
});

describe('DelSecret', () => {
  test('takes ids or names joined by semicolons', async () => {
    const { client, names } = await three();
    await client.call('DelSecret', { ...inApp, secret_id: '101;103' });
    expect(names()).toEqual(['B']);
    await client.call('DelSecret', { ...inApp, secret_name: 'B' });
    expect(names()).toEqual([]);
  });

  test('empties the application for the word `all`, as an id only', async () => {
    const { client, names } = await three();
    expect(await client.codeOf('DelSecret', { ...inApp, secret_name: 'all' })).toBe(496);
    expect(names()).toHaveLength(3);
    expect(await client.call('DelSecret', { ...inApp, secret_id: 'all' })).toEqual({ result: 1 });
    expect(names()).toEqual([]);
  });

  test.each(['101;;102', '', '101;x', 'ALL', '101;all', '-1'])('refuses the list %j whole', async (list) => {
    const { client, names } = await three();
    expect(await client.codeOf('DelSecret', { ...inApp, secret_id: list })).toBe(101);
    expect(names()).toHaveLength(3);
  });
});

describe('a listing', () => {
  test('has 20 rows unless asked otherwise, and tells the total', async () => {
    const { client } = await thirty();
    const first = await client.call('GetSecrets', inApp);
    expect(first).toMatchObject({ count: 20, total_count: 30 });
    const rest = await client.call('GetSecrets', { ...inApp, count: '50', offset: '20' });
    expect(rest).toMatchObject({ count: 10, total_count: 30 });
    expect(new Set([...column(first, 'secret_id'), ...column(rest, 'secret_id')]).size).toBe(30);
  });

  test('is empty beyond its end and filters by a part of the name', async () => {
    const { client } = await thirty();
    expect(await client.call('GetSecrets', { ...inApp, offset: '30' })).toMatchObject({
      result: [],
      total_count: 30,
    });
    const part = await client.call('GetSecrets', { ...inApp, secret_name_part: 'S3' });
    expect(column(part, 'secret_name')).toEqual(['S3', 'S30']);
    expect(part).toMatchObject({ count: 2, total_count: 2 });
  });

  test.each([{ count: '-1' }, { count: 'ten' }, { offset: '1.5' }])('refuses %j', async (parameters) => {
    const { client } = await start();
    expect(await client.codeOf('GetSecrets', { ...inApp, ...parameters })).toBe(101);
  });
});

describe('an application', () => {
  test('is addressed by id, short name or full name', async () => {
    const { client } = await start();
    for (const name of ['app', 'app.account.voximplant.com']) {
      expect(await client.call('GetSecrets', { application_name: name })).toHaveProperty('result');
    }
  });

  test.each([
    ['both id and name', { ...inApp, application_name: 'app' }, 458],
    ['neither', {}, 101],
    ['an id that is no number', { application_id: 'app' }, 116],
    ['an empty name', { application_name: '' }, 107],
    ['an id that nobody has', { application_id: '9' }, 558],
    ['a name that nobody has', { application_name: 'ap' }, 558],
  ])('is refused for %s', async (_label, parameters, code) => {
    const { client } = await start();
    for (const method of ['GetSecrets', 'AddSecret', 'GetSecretValue', 'SetSecretInfo', 'DelSecret']) {
      expect(await client.codeOf(method, parameters)).toBe(code);
    }
  });

  test('is listed with its full name, and found by a part of that or by id', async () => {
    const { client } = await start({
      applications: [{ name: 'call-center' }, { name: 'call' }, { name: 'ivr', id: 5000 }],
      accountName: 'acme',
    });
    const all = await client.call('GetApplications');
    expect(column(all, 'application_name')).toEqual([
      'call-center.acme.voximplant.com',
      'call.acme.voximplant.com',
      'ivr.acme.voximplant.com',
    ]);
    expect(rowsOf(all)[0]).toMatchObject({ application_id: 1001, secure_record_storage: false });
    const part = await client.call('GetApplications', { application_name: 'call', count: '1' });
    expect(part).toMatchObject({ count: 1, total_count: 2 });
    expect(
      column(await client.call('GetApplications', { application_id: '5000' }), 'application_id'),
    ).toEqual([5000]);
  });
});

test('GetAccountInfo tells the state of the account and the preferred address', async () => {
  const { client, emulator } = await start();
  expect(await client.call('GetAccountInfo')).toMatchObject({
    result: { account_id: 12_345, account_email: 'test@example.com', active: true, frozen: false },
    api_address: new URL(emulator.url).host,
  });
});

test('a secret that does not exist, and parameters that are missing, are refused', async () => {
  const { client } = await start();
  expect(await client.codeOf('GetSecretValue', { ...inApp, secret_id: '1' })).toBe(496);
  expect(await client.codeOf('SetSecretInfo', { ...inApp, secret_name: 'NOPE' })).toBe(496);
  expect(await client.codeOf('DelSecret', inApp)).toBe(101);
  expect(await client.codeOf('AddSecret', { ...inApp, secret_name: 'A' })).toBe(101);
  expect(await client.codeOf('AddSecret', { ...inApp, secret_name: 'A', secret_value: '' })).toBe(101);
  expect(await client.codeOf('GetSecretValue', { ...inApp, secret_id: '1', secret_name: 'A' })).toBe(458);
});
