// A real cluster of two: a standby that forwards, one that redirects to the active server, and one that has lost it.
import { createServer, request as forward } from 'node:http';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startVaultCluster, type VaultCluster } from '../../backends/start.ts';
import { describeWithBackend } from '../../backends/suite.ts';
import { listenOnLoopback } from '../../proxy/faulty-proxy.ts';
import { adminOf, errorOf, fileWith, never, open, readOne, textOf, tokenAuth } from './setup.ts';

/** Before a server: asks it to redirect rather than to forward, as one does that cannot reach the active server inside. */
async function withoutForwarding(upstream: string): Promise<string> {
  const server = createServer((incoming, outgoing) => {
    const headers = { ...incoming.headers, 'x-vault-no-request-forwarding': 'true' };
    const onward = forward(`${upstream}${incoming.url}`, { method: incoming.method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  const address = await listenOnLoopback(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return address;
}

describeWithBackend('vault', 'a standby', () => {
  let cluster: VaultCluster;
  beforeAll(async () => {
    cluster = await startVaultCluster();
    await adminOf(cluster.active, cluster.rootToken).put('app/a', { a: 1 });
  });
  afterAll(() => cluster.stop());

  test('that forwards is as good as the active server', async () => {
    const source = await open({ address: cluster.standby, auth: tokenAuth(cluster.rootToken) });
    expect(textOf(await readOne(source, { secret: 'app/a' }))).toBe('{"a":1}');
    expect(await source.discover({ prefix: 'app/' }, never)).toMatchObject({ found: [{ secret: 'app/a' }] });
  });

  test('that redirects is followed to a host that is named, and to no other', async () => {
    const address = await withoutForwarding(cluster.standby);
    const auth = tokenAuth(cluster.rootToken);
    const strict = await open({ address, auth });
    expect(errorOf(await readOne(strict, { secret: 'app/a' }))).toMatchObject({
      code: 'source-answer-invalid',
      message: `vault: redirect to ${cluster.active} (HTTP 307) was not followed`,
    });
    const source = await open({ address, auth, redirectHosts: [new URL(cluster.active).host] });
    expect(textOf(await readOne(source, { secret: 'app/a' }))).toBe('{"a":1}');
    expect(await source.discover({ prefix: 'app/' }, never)).toMatchObject({ found: [{ secret: 'app/a' }] });
  });

  test('that redirects is followed by a login, its renewal and its end as well', async () => {
    const admin = adminOf(cluster.active, cluster.rootToken);
    await admin.call('PUT', 'sys/policies/acl/app', {
      policy: 'path "secret/*" { capabilities = ["read"] }',
    });
    await admin.call('POST', 'sys/auth/userpass', { type: 'userpass' });
    await admin.call('POST', 'auth/userpass/users/voxsync', {
      password: 'p',
      token_policies: ['app'],
      token_period: '3s',
    });
    const address = await withoutForwarding(cluster.standby);
    const password = { file: await fileWith('p') };
    const source = await open({
      address,
      auth: { method: 'userpass', username: 'voxsync', password },
      redirectHosts: [new URL(cluster.active).host],
    });
    const accessors = async () =>
      Object.values(await admin.call('GET', 'auth/token/accessors?list=true')).flat();
    const before = await accessors();
    expect(textOf(await readOne(source, { secret: 'app/a' }))).toBe('{"a":1}');
    const [accessor, ...others] = (await accessors()).filter((one) => !before.includes(one));
    expect(others).toEqual([]);
    const lastRenewal = async () =>
      (await admin.call('POST', 'auth/token/lookup-accessor', { accessor }))['last_renewal'];
    await expect.poll(lastRenewal, { interval: 100 }).toBeDefined();
    await source.close();
    expect(await accessors()).toEqual(before);
  });

  test('that has lost the active server leaves secrets unresolved', async () => {
    const redirectHosts = [new URL(cluster.active).host];
    const auth = tokenAuth(cluster.rootToken);
    const source = await open({ address: cluster.standby, auth, redirectHosts });
    await cluster.stopActive();
    expect(errorOf(await readOne(source, { secret: 'app/a' }))).toMatchObject({ code: 'source-unreachable' });
    expect(await source.discover({ prefix: 'app/' }, never)).toMatchObject({ state: 'unresolved' });
  });
});
