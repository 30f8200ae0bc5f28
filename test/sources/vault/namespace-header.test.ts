// The namespace goes with every request, as a header, from the login to the revocation. This Vault has none, and answers all the same.
import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithBackend } from '../../backends/suite.ts';
import { errorOf, never, observeOne, open, readOne } from './setup.ts';
import { startWorld, type World } from './world.ts';

describeWithBackend('vault', 'the namespace', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.stop());

  const noSuchNamespace = { kind: 'answer', status: 404, body: { errors: ['no'] } } as const;

  /** Unwraps, logs in, asks everything that a source may ask, renews, replaces, and gives back. */
  const liveWith = async (namespace: string | undefined) => {
    const seen = new Map<string, Set<unknown>>();
    const auth = { ...(await world.appRole({ token_ttl: '3s' })), wrapped: true };
    const answer = await fetch(`${world.vault.address}/v1/auth/approle/role/app/secret-id`, {
      method: 'POST',
      headers: { 'x-vault-token': world.vault.rootToken, 'x-vault-wrap-ttl': '5m' },
    });
    await writeFile(auth.secretId.file, JSON.parse(await answer.text()).wrap_info.token);
    world.watch(({ path, headers }) => {
      // Whether there are namespaces at all is asked of another one, of which the answer must be no.
      if (path === '/v1/sys/internal/ui/mounts') return noSuchNamespace;
      const kind = /^\/v1\/(secret\/[\w-]+|[^?]*)/.exec(path)?.[1] ?? path;
      seen.set(kind, new Set(seen.get(kind)).add(headers['x-vault-namespace']));
      return undefined;
    });
    const source = await open({ address: world.proxy.endpoint, auth, namespace });
    expect(await readOne(source, { secret: 'app/0' })).toMatchObject({ state: 'present' });
    expect(await source.discover({ prefix: 'app/' }, never)).toMatchObject({ state: 'listed' });
    expect(errorOf(await observeOne(source, { secret: 'other' })).code).toBe('source-refused');
    await expect.poll(() => world.count('/renew-self')).toBeGreaterThan(0);
    await source.close();
    return seen;
  };

  test.each([['voice/eu'], [undefined]])('%s', async (namespace) => {
    const seen = await liveWith(namespace);
    const kinds = [
      'auth/approle/login',
      'auth/token/lookup-self',
      'auth/token/renew-self',
      'auth/token/revoke-self',
      'secret/data',
      'secret/detailed-metadata',
      'secret/metadata',
      'sys/internal/ui/mounts/secret',
      'sys/wrapping/lookup',
      'sys/wrapping/unwrap',
    ];
    expect([...seen.keys()].toSorted()).toEqual(kinds);
    for (const namespaces of seen.values()) expect([...namespaces]).toEqual([namespace]);
  });
});
