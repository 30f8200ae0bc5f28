// Every switch: as text, and in what it does.
import { describe, expect, test } from 'vitest';
import {
  describeSwitches,
  EmulatorSettingError,
  emulatorSwitchesSchema,
  parseSwitches,
  readSwitches,
  type EmulatorSwitches,
} from '../../src/emulator/emulator.ts';
import { column, rowsOf } from './client.ts';
import { holdUntil, inApp, start } from './started.ts';

const add = { ...inApp, secret_name: 'KEY', secret_value: 'v' };

describe('switches as text', () => {
  test('are read as key=value, by the type of each', () => {
    const list = [
      'addSecretResult=list',
      'maxCount=5',
      'touchModifiedOnNoop=true',
      'apiAddress=',
      'timezoneOffsetMinutes=-60',
    ];
    expect(parseSwitches(list)).toEqual({
      ...parseSwitches([]),
      addSecretResult: 'list',
      maxCount: 5,
      touchModifiedOnNoop: true,
      apiAddress: '',
      timezoneOffsetMinutes: -60,
    });
  });

  test('are refused all at once, with the nearest key and the values that are allowed', () => {
    const list = ['addSecretResut=list', 'order=random', 'maxCount=many', 'nameCase', 'accountFrozen=1'];
    expect(() => parseSwitches(list)).toThrow(
      new EmulatorSettingError(
        [
          'unknown switch addSecretResut: did you mean addSecretResult?',
          'nameCase: write it as key=value',
          'switch maxCount: must be 1 … 1000000',
          'switch order: must be id | name | newest | shuffled | unstable',
          'switch accountFrozen: must be true | false',
        ].join('\n'),
      ),
    );
  });

  test('are refused alike as an object', () => {
    expect(readSwitches({ order: 'name' })).toMatchObject({ order: 'name', maxCount: 1000 });
    expect(() => readSwitches({ ordre: 'name' })).toThrow('unknown switch ordre: did you mean order?');
    expect(() => readSwitches([])).toThrow('must be an object');
    expect(() => readSwitches({ zzzzzzzzzzzz: 1 })).toThrow('known are addSecretResult, ');
  });

  test('each have a default, values and a meaning to show', () => {
    const rows = describeSwitches();
    expect(rows.map((row) => row.key)).toEqual(Object.keys(emulatorSwitchesSchema.shape));
    for (const row of rows) {
      expect(row.meaning).toMatch(/^\w.{10,}$/);
      expect(row.values).not.toBe('');
      // The table is only worth something if what it calls the default is the default.
      expect(parseSwitches([`${row.key}=${row.default}`])).toEqual(parseSwitches([]));
    }
  });

  test('cannot be turned to nonsense while the emulator runs', async () => {
    const { emulator } = await start();
    expect(() => emulator.setSwitches({ maxCount: 0 })).toThrow('switch maxCount: must be 1 … 1000000');
    emulator.setSwitches({ maxCount: 7 });
    expect(emulator.switches).toMatchObject({ maxCount: 7, defaultCount: 20 });
  });
});

async function startWith(switches: Partial<EmulatorSwitches>) {
  const { emulator, client } = await start({ switches });
  const seed = (...names: string[]) => {
    for (const name of names) emulator.state.addSecret('app', { name, value: 'v', description: 'd' });
  };
  return { emulator, client, state: emulator.state, seed };
}

describe('the shape of answers', () => {
  test.each([
    ['object', { result: { secret_id: 101 } }],
    ['list', { result: [{ secret_id: 101 }] }],
    ['flat', { secret_id: 101 }],
  ] as const)('is %s', async (shape, expected) => {
    const { client } = await startWith({ addSecretResult: shape, getSecretValueResult: shape });
    expect(await client.call('AddSecret', add)).toEqual(expected);
    const value = await client.call('GetSecretValue', { ...inApp, secret_name: 'KEY' });
    const path = { object: 'result.secret_value', list: 'result.0.secret_value', flat: 'secret_value' };
    expect(value).toHaveProperty(path[shape], 'v');
  });

  test.each([
    ['number', 1],
    ['string', '1'],
    ['boolean', true],
  ] as const)('says success as %s', async (successResult, result) => {
    const { client, seed } = await startWith({ successResult });
    seed('KEY');
    expect(await client.call('SetSecretInfo', add)).toEqual({ result });
    expect(await client.call('DelSecret', { ...inApp, secret_name: 'KEY' })).toEqual({ result });
  });

  test('has ids and counts as text', async () => {
    const { client } = await startWith({ numbersAs: 'string' });
    expect(await client.call('AddSecret', add)).toEqual({ result: { secret_id: '101' } });
    const listing = await client.call('GetSecrets', inApp);
    expect(listing).toMatchObject({ result: [{ secret_id: '101' }], count: '1', total_count: '1' });
  });

  test.each([
    ['omitted', undefined],
    ['empty', ''],
    ['null', null],
  ] as const)('has a missing description %s', async (emptyDescription, expected) => {
    const { client } = await startWith({ emptyDescription });
    await client.call('AddSecret', add);
    const row = rowsOf(await client.call('GetSecrets', inApp))[0] ?? {};
    expect(row.description).toBe(expected);
    expect('description' in row).toBe(expected !== undefined);
  });

  test('has no modified in listings, and dates in another zone', async () => {
    const at = new Date('2026-03-01T10:20:30Z');
    const switches = { modifiedInListing: 'omitted', timezoneOffsetMinutes: 180 } as const;
    const { client } = await start({ clock: () => at, switches });
    await client.call('AddSecret', add);
    const row = rowsOf(await client.call('GetSecrets', inApp))[0] ?? {};
    expect(row).not.toHaveProperty('modified');
    expect(row.created).toBe('2026-03-01 13:20:30');
  });

  test.each([
    ['none', { error: { code: 101, msg: 'Invalid arguments' } }],
    ['field', { error: { code: 101, msg: 'Invalid arguments', field_name: 'secret_name' } }],
    [
      'list',
      {
        error: { code: 101, msg: 'Invalid arguments' },
        errors: [{ code: 101, msg: 'Invalid arguments', field_name: 'secret_name' }],
      },
    ],
  ] as const)('carries %s beside an error', async (errorExtras, expected) => {
    const { client } = await startWith({ errorExtras });
    expect(await client.call('AddSecret', { ...add, secret_name: '-' })).toEqual(expected);
  });

  test('names another address, or none, and the state of the account', async () => {
    const { client, emulator } = await startWith({ apiAddress: 'api-eu.example.com', accountFrozen: true });
    const info = await client.call('GetAccountInfo');
    expect(info).toMatchObject({ api_address: 'api-eu.example.com', result: { frozen: true } });
    emulator.setSwitches({ apiAddress: '', accountActive: false });
    const other = await client.call('GetAccountInfo');
    expect(other).not.toHaveProperty('api_address');
    expect(other).toHaveProperty('result.active', false);
  });
});

describe('listings', () => {
  const names = ['B', 'a', 'C', 'D', 'E', 'F', 'G', 'H'];

  test.each([
    ['id', ['B', 'a', 'C', 'D', 'E', 'F', 'G', 'H']],
    ['newest', ['H', 'G', 'F', 'E', 'D', 'C', 'a', 'B']],
    ['name', ['B', 'C', 'D', 'E', 'F', 'G', 'H', 'a']],
  ] as const)('are ordered by %s', async (order, expected) => {
    const { client, seed } = await startWith({ order });
    seed(...names);
    expect(column(await client.call('GetSecrets', inApp), 'secret_name')).toEqual(expected);
  });

  test('are shuffled the same way in every call, or another way in each', async () => {
    const { client, seed, emulator } = await startWith({ order: 'shuffled' });
    seed(...names);
    const list = async () => column(await client.call('GetSecrets', inApp), 'secret_name');
    const first = await list();
    expect(new Set(first)).toEqual(new Set(names));
    expect(first).not.toEqual(names);
    expect(await list()).toEqual(first);
    emulator.setSwitches({ order: 'unstable' });
    const orders = new Set<string>();
    for (let call = 0; call < 5; call += 1) orders.add((await list()).join());
    expect(orders.size).toBeGreaterThan(1);
  });

  test('have other page sizes, and cap or refuse a larger one', async () => {
    const { client, seed, emulator } = await startWith({ defaultCount: 2, maxCount: 3 });
    seed(...names);
    expect(await client.call('GetSecrets', inApp)).toMatchObject({ count: 2, total_count: 8 });
    expect(await client.call('GetSecrets', { ...inApp, count: '100' })).toMatchObject({ count: 3 });
    emulator.setSwitches({ countOverMax: 'refused' });
    expect(await client.codeOf('GetSecrets', { ...inApp, count: '4' })).toBe(101);
    expect(await client.call('GetSecrets', { ...inApp, count: '3' })).toMatchObject({ count: 3 });
  });

  test.each([
    ['page', 2],
    ['short', 7],
    ['long', 9],
    ['omitted', undefined],
  ] as const)('have a total_count that is %s', async (totalCount, expected) => {
    const { client, seed } = await startWith({ totalCount });
    seed(...names);
    const page = await client.call('GetSecrets', { ...inApp, count: '2' });
    expect(page.count).toBe(2);
    expect(page.total_count).toBe(expected);
  });
});

describe('secrets', () => {
  test('whose names differ only in case are the same', async () => {
    const { client, seed } = await startWith({ nameCase: 'insensitive' });
    seed('KEY');
    expect(await client.codeOf('AddSecret', { ...add, secret_name: 'Key' })).toBe(493);
    const value = await client.call('GetSecretValue', { ...inApp, secret_name: 'kEY' });
    expect(value).toHaveProperty('result.secret_name', 'KEY');
    expect(await client.call('GetSecrets', { ...inApp, secret_name_part: 'ke' })).toHaveProperty('count', 1);
    const rename = { ...inApp, secret_name: 'KEY', new_secret_name: 'key' };
    expect(await client.call('SetSecretInfo', rename)).toEqual({ result: 1 });
  });

  test('are added again: overwritten in place, or a second time', async () => {
    const { client, seed, state, emulator } = await startWith({ duplicateAdd: 'overwritten' });
    seed('KEY');
    expect(await client.call('AddSecret', { ...add, secret_value: 'new' })).toEqual({
      result: { secret_id: 101 },
    });
    expect(state.readValue('app', 'KEY')).toBe('new');
    emulator.setSwitches({ duplicateAdd: 'second' });
    expect(await client.call('AddSecret', add)).toEqual({ result: { secret_id: 102 } });
    expect(state.secrets('app')).toHaveLength(2);
  });

  test('are refused with other codes', async () => {
    const { client, seed } = await startWith({
      duplicateCode: 901,
      unknownSecretCode: 902,
      invalidNameCode: 903,
      tooLongCode: 904,
      missingParameterCode: 905,
      unknownApplicationCode: 906,
      maxSecrets: 1,
      maxSecretsCode: 907,
    });
    seed('KEY');
    expect(await client.codeOf('AddSecret', add)).toBe(901);
    expect(await client.codeOf('GetSecretValue', { ...inApp, secret_id: '9' })).toBe(902);
    expect(await client.codeOf('AddSecret', { ...add, secret_name: '_' })).toBe(903);
    expect(await client.codeOf('AddSecret', { ...add, secret_value: 'x'.repeat(8193) })).toBe(904);
    expect(await client.codeOf('AddSecret', inApp)).toBe(905);
    expect(await client.codeOf('GetSecrets', { application_id: '9' })).toBe(906);
    expect(await client.codeOf('AddSecret', { ...add, secret_name: 'MORE' })).toBe(907);
  });

  test('are named by id when id and name are both given', async () => {
    const { client, seed } = await startWith({ secretIdAndName: 'idWins' });
    seed('A', 'B');
    const value = await client.call('GetSecretValue', { ...inApp, secret_id: '102', secret_name: 'A' });
    expect(value).toHaveProperty('result.secret_name', 'B');
  });

  test('have lengths in UTF-16 units', async () => {
    const { client, state, emulator } = await startWith({});
    const key = { ...add, secret_value: '🔑'.repeat(4097), description: '🔑'.repeat(150) };
    await client.call('AddSecret', key);
    expect(state.secrets('app')[0]?.description).toBe('🔑'.repeat(150));
    emulator.setSwitches({ valueLengthUnit: 'utf16', descriptionLengthUnit: 'utf16' });
    expect(await client.codeOf('SetSecretInfo', key)).toBe(134);
    await client.call('SetSecretInfo', { ...key, secret_value: '🔑'.repeat(4096) });
    expect(state.secrets('app')[0]?.description).toBe('🔑'.repeat(100));
  });

  test('may be empty', async () => {
    const { client, state } = await startWith({ emptyValue: 'accepted' });
    await client.call('AddSecret', { ...add, secret_value: '' });
    expect(state.readValue('app', 'KEY')).toBe('');
  });

  test.each([
    ['allOrNothing', { error: { code: 496 } }, ['A', 'B']],
    ['partial', { error: { code: 496 } }, ['B']],
    ['ignored', { result: 1 }, ['B']],
  ] as const)(
    'are deleted %s when one of the list is unknown',
    async (deletePartialFailure, answer, left) => {
      const { client, seed, state } = await startWith({ deletePartialFailure });
      seed('A', 'B');
      expect(await client.call('DelSecret', { ...inApp, secret_id: '999;101' })).toMatchObject(answer);
      expect(state.secrets('app').map((secret) => secret.name)).toEqual(left);
    },
  );
});

describe('SetSecretInfo', () => {
  test('moves `modified` though nothing changes', async () => {
    let now = new Date('2026-03-01T10:20:30Z');
    const { client, emulator } = await start({ clock: () => now, switches: { touchModifiedOnNoop: true } });
    await client.call('AddSecret', add);
    now = new Date('2026-03-01T10:21:30Z');
    await client.call('SetSecretInfo', add);
    expect(emulator.state.secrets('app')[0]?.modified).toEqual(now);
  });

  test.each([
    ['all', 'new', 'text'],
    ['nothing', 'v', 'd'],
    ['value', 'new', 'd'],
    ['description', 'v', 'text'],
  ] as const)('answers 1 and applies %s', async (setSecretInfoApplies, value, description) => {
    const { client, seed, state } = await startWith({ setSecretInfoApplies });
    seed('KEY');
    const change = { ...add, secret_value: 'new', description: 'text' };
    expect(await client.call('SetSecretInfo', change)).toEqual({ result: 1 });
    expect(state.readValue('app', 'KEY')).toBe(value);
    expect(state.secrets('app')[0]?.description).toBe(description);
  });

  test('clears a description that is not given', async () => {
    const { client, seed, state } = await startWith({ setSecretInfoOmitted: 'cleared' });
    seed('KEY');
    await client.call('SetSecretInfo', add);
    expect(state.secrets('app')[0]?.description).toBe('');
  });
});

describe('access', () => {
  test.each([
    ['full', 'app.account.voximplant.com', 'app'],
    ['short', 'app', 'app.account.voximplant.com'],
  ] as const)('is by the %s name of an application only', async (applicationNameForm, good, bad) => {
    const { client } = await startWith({ applicationNameForm });
    expect(await client.call('GetSecrets', { application_name: good })).toHaveProperty('result');
    expect(await client.codeOf('GetSecrets', { application_name: bad })).toBe(558);
  });

  test('is limited to some calls in a second', async () => {
    let now = new Date();
    const { client } = await start({ clock: () => now, switches: { callsPerSecond: 2 } });
    await client.call('GetSecrets', inApp);
    await client.call('GetSecrets', inApp);
    expect(await client.codeOf('GetSecrets', inApp)).toBe(340);
    now = new Date(now.getTime() + 1000);
    expect(await client.call('GetSecrets', inApp)).toHaveProperty('result');
  });

  test('is limited to some calls at once, and says so by code or by status', async () => {
    const switches = { concurrentCalls: 1, throttleCode: 429 };
    // It counts from the arrival of each, and all three are to be there within it.
    const { client, emulator } = await start({ switches, latencyMs: 1000 });
    const burst = () => {
      void holdUntil(emulator, 3);
      return Promise.all(
        [1, 2, 3].map(async () => {
          const headers = { authorization: client.authorization };
          const response = await fetch(`${emulator.url}/GetSecrets?application_id=1001`, { headers });
          return response.status;
        }),
      );
    };
    expect((await burst()).toSorted((a, b) => a - b)).toEqual([200, 429, 429]);
    emulator.setSwitches({ throttleCode: 416 });
    expect(await burst()).toEqual([200, 200, 200]);
    expect(emulator.journal.entries.filter(({ outcome }) => outcome.kind === 'answered')).toHaveLength(2);
  });
});
