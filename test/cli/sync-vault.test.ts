// What arrives in Voximplant from a real Vault and a real OpenBao, byte for byte: seeded by their own command line, from two mounts.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { locateBackend } from '../backends/locate.ts';
import { startOpenBao, startVault } from '../backends/start.ts';
import { describeWithBackend } from '../backends/suite.ts';
import { openStage, type Stage } from './stage.ts';

type Backend = 'vault' | 'openbao';
type Shell = (...args: readonly string[]) => Promise<unknown>;

const pem = '-----BEGIN KEY-----\nMIIB+/=\n-----END KEY-----\n';
const text = 'ü € 😀 "quoted" \\back\\slash\ttab\r\nnext line \u0001 {{ value }} %41 + & ';
const odd = ['a b', '50%', 'a#b', 'a?b=1', 'a=b&c', 'a+b', 'ключ', '😀'];

/** A server, its own command line, a stage, and a config of two mounts. */
async function open(backend: Backend): Promise<{ stage: Stage; shell: Shell }> {
  const server = await (backend === 'vault' ? startVault() : startOpenBao());
  onTestFinished(() => server.stop());
  const stage = await openStage();
  const location = locateBackend(backend);
  const command = 'path' in location ? location.path : '';
  const env = { VAULT_ADDR: server.address, VAULT_TOKEN: server.rootToken, HOME: stage.folder };
  const shell: Shell = (...args) => promisify(execFile)(command, args, { env, cwd: stage.folder });
  await stage.save('token', `${server.rootToken}\n`);
  const auth = { method: 'token', token: { file: 'token' } };
  const source = { kind: 'vault', address: server.address, auth };
  await stage.configure({
    sources: { second: { ...source, mount: 'secret' }, first: { ...source, mount: 'team/old' } },
    mappings: [{ application: 'app', ...mapping }],
  });
  await shell('secrets', 'enable', '-path=team/old', '-version=1', 'kv');
  return { stage, shell };
}

const field = (name: string, secret: string, key?: string) => ({
  name,
  from: { source: 'second', secret, field: key },
});
const mapping = {
  secrets: [
    field('TEXT', 'app/all', 'text'),
    field('NUMBER', 'app/all', 'number'),
    field('FRACTION', 'app/all', 'fraction'),
    field('YES', 'app/all', 'yes'),
    field('NO', 'app/all', 'no'),
    field('PEM', 'app/all', '/deep/pem'),
    field('PORT', 'app/all', '/deep/list/1/port'),
    field('OBJECT', 'app/all', 'deep'),
    field('LIST', 'app/all', '/deep/list'),
    field('NOTHING', 'app/all', 'nothing'),
    field('WHOLE', 'app/all/below'),
    ...odd.map((name, index) => field(`ODD_${index}`, `odd/${name}/leaf`, 'value')),
    { name: 'OLD_TEXT', from: { source: 'first', secret: 'app/all', field: 'text' } },
    { name: 'OLD_NUMBER', from: { source: 'first', secret: 'app/all', field: 'number' } },
  ],
  discover: [
    {
      from: { source: 'second', prefix: 'found/', metadata: { voximplant: 'true' } },
      fields: ['value'],
      name: '{{ metadata.name }}_{{ field }}',
      description: 'Ask {{ metadata.team }}',
    },
  ],
};

async function seed(stage: Stage, shell: Shell): Promise<void> {
  const deep = { pem, list: [1, { port: 5060 }] };
  const all = { text, number: 8443, fraction: 1.5, yes: true, no: false, nothing: null, deep };
  await stage.save('all.json', JSON.stringify(all));
  await shell('kv', 'put', '-mount=secret', 'app/all', '@all.json');
  await shell('kv', 'put', '-mount=team/old', 'app/all', '@all.json');
  await stage.save('below.json', '{"b":"two","a":{"c":[true,null,"<&>"]}}');
  await shell('kv', 'put', '-mount=secret', 'app/all/below', '@below.json');
  for (const name of odd) await shell('kv', 'put', '-mount=secret', `odd/${name}/leaf`, `value=${name}`);
  for (const [name, isOurs] of Object.entries({ crm: true, other: false })) {
    const notes = { voximplant: String(isOurs), name: `${name}/key`, team: 'sales & co' };
    const options = Object.entries(notes).map(([key, note]) => `-custom-metadata=${key}=${note}`);
    await shell('kv', 'metadata', 'put', '-mount=secret', ...options, `found/${name}`);
    await shell('kv', 'put', '-mount=secret', `found/${name}`, `value=of ${name}`);
  }
}

const backends: readonly (readonly [Backend, string])[] = [
  ['vault', 'from Vault'],
  ['openbao', 'from OpenBao'],
];
for (const [backend, title] of backends) {
  describeWithBackend(backend, `values ${title}`, () => {
    test('arrive as they were written, and what is no value is told', async () => {
      const { stage, shell } = await open(backend);
      await seed(stage, shell);
      const { exitCode, stdout } = await stage.voxsync('sync');
      const { state } = stage.emulator;
      const values = state.secrets('app').map(({ name }) => [name, state.readValue('app', name)]);
      expect(Object.fromEntries(values)).toEqual({
        TEXT: text,
        NUMBER: '8443',
        FRACTION: '1.5',
        YES: 'true',
        NO: 'false',
        PEM: pem,
        PORT: '5060',
        // The servers put the keys into this order, and escape nothing that JSON does not ask for.
        WHOLE: '{"a":{"c":[true,null,"<&>"]},"b":"two"}',
        ...Object.fromEntries(odd.map((name, index) => [`ODD_${index}`, name])),
        OLD_TEXT: text,
        OLD_NUMBER: '8443',
        CRM_KEY_VALUE: 'of crm',
      });
      const crm = state.secrets('app').find(({ name }) => name === 'CRM_KEY_VALUE');
      expect(crm?.description).toMatch(/ Ask sales & co$/);
      expect(exitCode).toBe(3);
      expect(stdout).toContain('field "deep", holds an object or a list at this field');
      expect(stdout).toContain('field "/deep/list", holds an object or a list at this field');
      expect(stdout).toContain('field "nothing", is null at this field');
    });
  });
}
