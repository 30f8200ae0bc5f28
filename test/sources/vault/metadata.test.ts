// Custom metadata in discovery on a real Vault and a real OpenBao: told with what is found, usable as a filter, and never guessed.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { VaultServer } from '../../backends/start.ts';
import { adminOf, describeOnBoth, errorOf, never, open, tokenAuth, type Admin } from './setup.ts';

describeOnBoth('custom metadata', (start) => {
  let vault: VaultServer;
  let admin: Admin;
  beforeAll(async () => {
    vault = await start();
    admin = adminOf(vault.address, vault.rootToken);
    await admin.call('POST', 'sys/mounts/plain', { type: 'kv', options: { version: '1' } });
    await admin.call('POST', 'plain/a', { a: 1 });
    for (const [path, metadata] of Object.entries({
      crm: { voximplant: 'true', team: 'sales & co', name: 'CRM_KEY' },
      trunk: { voximplant: 'false', team: 'voice' },
      gone: { voximplant: 'true' },
      bare: undefined,
    })) {
      if (metadata) await admin.call('POST', `secret/metadata/app/${path}`, { custom_metadata: metadata });
      await admin.put(`app/${path}`, { path });
    }
    await admin.call('DELETE', 'secret/data/app/gone');
  });
  afterAll(() => vault.stop());
  const find = async (metadata?: Record<string, string>, more: { mount?: string; token?: string } = {}) => {
    const { token = vault.rootToken, ...rest } = more;
    const source = await open({ address: vault.address, auth: tokenAuth(token), ...rest });
    const prefix = rest.mount === undefined ? 'app/' : '';
    return source.discover({ prefix, metadata }, never);
  };

  test('is told with every secret that is found', async () => {
    expect(await find()).toMatchObject({
      state: 'listed',
      found: [
        { secret: 'app/bare', metadata: {} },
        { secret: 'app/crm', metadata: { voximplant: 'true', team: 'sales & co', name: 'CRM_KEY' } },
        { secret: 'app/trunk', metadata: { voximplant: 'false', team: 'voice' } },
      ],
      gone: ['app/gone'],
    });
  });

  test.each([
    [{ voximplant: 'true' }, ['app/crm']],
    [{ voximplant: 'true', team: 'sales & co' }, ['app/crm']],
    [{ voximplant: 'true', team: 'voice' }, []],
    [{ constructor: 'Object' }, []],
    [{}, ['app/bare', 'app/crm', 'app/trunk']],
  ])('selects by %j: all of it must agree', async (metadata, expected) => {
    const discovery = await find(metadata);
    if (discovery.state !== 'listed') throw discovery.error;
    expect(discovery.found.map(({ secret }) => secret)).toEqual(expected);
    expect(discovery).toMatchObject({ gone: ['app/gone'], isAuthoritative: false });
  });

  test('is not known in KV version 1, so a filter by it is refused', async () => {
    expect(await find(undefined, { mount: 'plain' })).toMatchObject({ found: [{ secret: 'a' }] });
    const error = errorOf(await find({ a: 'b' }, { mount: 'plain' }));
    expect(error).toMatchObject({ code: 'source-invalid', hint: expect.stringContaining('`metadata`') });
  });

  test('is not taken for empty where it is forbidden', async () => {
    const token = await admin.issue(
      `path "secret/metadata/app/" { capabilities = ["list"] }
       path "secret/data/app/*" { capabilities = ["read"] }`,
    );
    const found = await find(undefined, { token });
    expect(found).toMatchObject({ state: 'listed', gone: ['app/gone'] });
    expect(found).toHaveProperty('found.0.metadata', undefined);
    expect(errorOf(await find({ voximplant: 'true' }, { token }))).toMatchObject({
      code: 'source-refused',
      hint: expect.stringContaining('`read` on `secret/metadata/app/'),
    });
  });
});
