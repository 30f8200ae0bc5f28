// Answers of Vault's that contradict themselves or are of the wrong types: never taken for an absence.
import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import type { VaultSettings } from '../../../src/sources/vault/source.ts';
import { listenOnLoopback } from '../../proxy/faulty-proxy.ts';
import { errorOf, observeOne, open, tokenAuth } from './setup.ts';

const kept = { created_time: '2026-01-01T00:00:00Z', deletion_time: '', destroyed: false };
const metadata = { current_version: 2, versions: { '1': kept, '2': kept } };

interface Given {
  readonly kvVersion?: VaultSettings['kvVersion'];
  /** What the server says of the mount, if anything. */
  readonly mount?: object;
}

/** What a source makes of an answer to its question about a secret. */
async function observed(status: number, body: unknown, { kvVersion, mount }: Given = { kvVersion: 2 }) {
  const server = createServer((incoming, outgoing) => {
    const isAboutMount = incoming.url?.includes('/sys/internal/');
    const told = mount === undefined ? { errors: [] } : { data: mount };
    outgoing.writeHead(isAboutMount ? (mount === undefined ? 403 : 200) : status);
    outgoing.end(JSON.stringify(isAboutMount ? told : body));
  });
  const address = await listenOnLoopback(server);
  onTestFinished(() => void server.close());
  const source = await open({
    address,
    auth: tokenAuth('token'),
    ...(kvVersion !== undefined && { kvVersion }),
  });
  return observeOne(source, { secret: 'app' });
}

test('an answer that makes sense is believed', async () => {
  expect(await observed(200, { data: metadata })).toMatchObject({
    state: 'present',
    version: { label: 'v2' },
  });
  expect(await observed(404, { errors: [] })).toMatchObject({ state: 'absent' });
  expect(await observed(404, { errors: [] }, { kvVersion: 1 })).toMatchObject({ state: 'absent' });
  expect(await observed(200, { data: { current_version: 0, versions: {} } })).toMatchObject({
    state: 'absent',
  });
});

test.each<[string, unknown]>([
  ['no current version beside versions', { ...metadata, current_version: 0 }],
  ['a current version below zero', { ...metadata, current_version: -1 }],
  ['a current version that is no whole number', { ...metadata, current_version: 1.5 }],
  [
    'a current version that is not the last, and deleted',
    {
      current_version: 1,
      versions: { ...metadata.versions, '1': { ...kept, deletion_time: kept.created_time } },
    },
  ],
  [
    'a deletion at no time',
    { ...metadata, versions: { '1': kept, '2': { ...kept, deletion_time: 'soon' } } },
  ],
  ['versions that are a list', { current_version: 0, versions: [kept] }],
  ['versions that are null', { current_version: 0, versions: null }],
])('metadata with %s is no answer', async (_, data) => {
  expect(errorOf(await observed(200, { data })).code).toBe('source-answer-invalid');
});

test.each([1, 2] as const)(
  'a 404 with errors that are no texts says nothing of the secret (KV %s)',
  async (kvVersion) => {
    for (const errors of [[null], [5], [{}], [['no handler']]]) {
      expect(errorOf(await observed(404, { errors }, { kvVersion })).code).toBe('source-invalid');
    }
  },
);

test.each<[unknown, 'absent' | 'unresolved']>([
  [{ version: '1' }, 'absent'],
  [{}, 'absent'],
  [null, 'absent'],
  [undefined, 'unresolved'],
  [{ version: 2 }, 'unresolved'],
  [{ version: ['2'] }, 'unresolved'],
  [{ version: '3' }, 'unresolved'],
  [{ version: null }, 'unresolved'],
  [['2'], 'unresolved'],
  ['2', 'unresolved'],
])('a mount with the options %j is of version 1 only where Vault says so', async (options, expected) => {
  const mount = { path: 'secret/', type: 'kv', options };
  expect((await observed(404, { errors: [] }, { mount })).state).toBe(expected);
});
