// What arrives of AWS secrets: fields and pointers into JSON as they were written, stages and pinned versions, bytes; and what cannot be a value, told without it.
import { expect, onTestFinished, test } from 'vitest';
import { describeWithBackend } from '../backends/suite.ts';
import { startWorld, type World } from '../sources/aws-secrets-manager/setup.ts';
import { valuesOf } from './looks.ts';
import { openStage, type Stage } from './stage.ts';

/** As text: what JavaScript's own parser would change must stay as it is. */
const json = String.raw`{
  "text": "Gr\u00fc\u00dfe \ud83d\udd11\n",
  "port": 5432, "big": 12345678901234567890, "exact": 1.10, "exponent": 1E3, "minus": -0,
  "yes": true, "no": false,
  "deep": { "er": [ { "still": "here" }, 9007199254740993, false ] },
  "a/b": "slash", "m~n": "tilde", "/slash": "at the start", "": "no name",
  "object": { "hidden": "hunter2" }, "list": [ "hunter2" ], "nothing": null
}`;

const good: Readonly<Record<string, readonly [field: string, value: string]>> = {
  TEXT: ['text', 'Grüße 🔑\n'],
  PORT: ['port', '5432'],
  BIG: ['big', '12345678901234567890'],
  EXACT: ['exact', '1.10'],
  EXPONENT: ['exponent', '1E3'],
  MINUS: ['minus', '-0'],
  YES: ['yes', 'true'],
  NO: ['no', 'false'],
  STILL: ['/deep/er/0/still', 'here'],
  PRECISE: ['/deep/er/1', '9007199254740993'],
  DEEP_NO: ['/deep/er/2', 'false'],
  SLASH: ['/a~1b', 'slash'],
  TILDE: ['/m~0n', 'tilde'],
  AT_THE_START: ['/~1slash', 'at the start'],
  NO_NAME: ['/', 'no name'],
};

const bad: Readonly<Record<string, readonly [field: string, problem: string, hint: string]>> = {
  OBJECT: ['object', 'holds an object or a list at this field', 'JSON pointer: `field: /outer/inner`'],
  LIST: ['list', 'holds an object or a list at this field', 'JSON pointer'],
  DEEP_OBJECT: ['/deep/er/0', 'holds an object or a list at this field', 'JSON pointer'],
  NOTHING: ['nothing', 'is null at this field', 'a text, a number or a boolean'],
  MISSING: ['Text', 'does not have this field', 'case-sensitive'],
  TOO_DEEP: ['/text/0', 'does not have this field', 'case-sensitive'],
  BEHIND: ['/deep/er/3', 'does not have this field', 'case-sensitive'],
};

describeWithBackend('moto', 'values from AWS', () => {
  const open = async (): Promise<{
    world: World;
    stage: Stage;
    sync: (mapping: object) => Promise<Synced>;
  }> => {
    const world = await startWorld();
    onTestFinished(() => world.end());
    const stage = await openStage();
    Object.assign(stage.env, { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'example' });
    const sync = async (mapping: object): Promise<Synced> => {
      const { endpoint } = world.proxy;
      await stage.configure({
        sources: { aws: { kind: 'aws-secrets-manager', region: 'eu-central-1', endpoint } },
        mappings: [{ application: 'app', ...mapping }],
      });
      const { exitCode, stdout } = await stage.voxsync('sync');
      expect(stdout).not.toContain('hunter2');
      return { exitCode, stdout, values: valuesOf(stage, ['app']) };
    };
    return { world, stage, sync };
  };

  test('fields and pointers, and each that is no value by itself', async () => {
    const { world, sync } = await open();
    await world.create('prod/json', json);
    const secrets = [...Object.entries(good), ...Object.entries(bad)].map(([name, [field]]) => ({
      name,
      from: { source: 'aws', secret: 'prod/json', field },
    }));
    const { exitCode, stdout, values } = await sync({ secrets });
    expect(exitCode).toBe(3);
    const wanted = Object.entries(good).map(([name, [, value]]) => [`app ${name}`, value]);
    expect(values).toEqual(Object.fromEntries(wanted));
    for (const [name, [field, problem, hint]] of Object.entries(bad)) {
      const told = new RegExp(` ${name} +hold .*\n +error: (.*)\n +hint: +(.*)\n`).exec(stdout);
      expect(told?.[1]).toBe(`aws: secret "prod/json", field ${JSON.stringify(field)}, ${problem}`);
      expect(told?.[2]).toContain(hint);
    }
  });

  test('fields: all makes a secret of each field, and one that is no value stops no other', async () => {
    const { world, sync } = await open();
    await world.create('prod/db/main', '{"user":"röot","port":5432.0,"tls":{"key":"hunter2"}}');
    await world.create('prod/db/none', 'hunter2 is no JSON');
    const discover = [
      {
        from: { source: 'aws', prefix: 'prod/db/' },
        fields: 'all',
        name: "{{ path | remove_first: 'prod/db/' }}_{{ field }}",
      },
    ];
    const { exitCode, stdout, values } = await sync({ discover });
    expect(exitCode).toBe(3);
    expect(values).toEqual({ 'app MAIN_USER': 'röot', 'app MAIN_PORT': '5432.0' });
    expect(stdout).toContain('"prod/db/main", field "tls", holds an object or a list at this field');
    expect(stdout).toContain('"prod/db/none" is not JSON');
  });

  test('stages move with a rotation, and a pinned version stays', async () => {
    const { world, sync } = await open();
    const { version } = await world.create('prod/crm', '{"key":"one"}');
    const from = { source: 'aws', secret: 'prod/crm', field: 'key' };
    const secrets = [
      { name: 'CURRENT', from },
      { name: 'PREVIOUS', from: { ...from, stage: 'AWSPREVIOUS' } },
      { name: 'PENDING', from: { ...from, stage: 'AWSPENDING' } },
      { name: 'PINNED', from: { ...from, version } },
    ];
    const first = await sync({ secrets });
    expect([first.exitCode, first.values]).toEqual([3, { 'app CURRENT': 'one', 'app PINNED': 'one' }]);
    expect(first.stdout).toContain('secret "prod/crm" has no version at stage "AWSPENDING"');
    await world.put('prod/crm', '{"key":"two"}', ['AWSPENDING']);
    expect((await sync({ secrets })).values).toMatchObject({ 'app CURRENT': 'one', 'app PENDING': 'two' });
    await world.put('prod/crm', '{"key":"three"}');
    const third = await sync({ secrets });
    expect([third.exitCode, third.values]).toEqual([
      0,
      { 'app CURRENT': 'three', 'app PREVIOUS': 'one', 'app PENDING': 'two', 'app PINNED': 'one' },
    ]);
  });

  test('8,192 characters and any bytes arrive as they are; one more is refused', async () => {
    const { world, sync } = await open();
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    const longest = `${'🔑'.repeat(8)}\r\n${'ж'.repeat(8192)}`.slice(0, 8192);
    await world.create('prod/bytes', bytes);
    await world.create('prod/longest', longest);
    await world.create('prod/longer', `${longest}x`);
    const from = (secret: string) => ({ source: 'aws', secret });
    const { exitCode, stdout, values } = await sync({
      secrets: [
        { name: 'BYTES', from: { ...from('prod/bytes'), encoding: 'base64' } },
        { name: 'RAW', from: from('prod/bytes') },
        { name: 'LONGEST', from: from('prod/longest') },
        { name: 'LONGER', from: from('prod/longer') },
      ],
    });
    expect([exitCode, values]).toEqual([
      3,
      { 'app BYTES': Buffer.from(bytes).toString('base64'), 'app LONGEST': longest },
    ]);
    expect(stdout).toMatch(/RAW +hold.*\n.*is binary\n.*`encoding: base64`/);
    expect(stdout).toMatch(/LONGER +hold.*\n.*8192/);
  });
});

interface Synced {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly values: Readonly<Record<string, string | undefined>>;
}
