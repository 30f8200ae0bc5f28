// The whole story from a pod: its service account token in a file, Vault that has the cluster review it, and the built program.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPod, deletePod, requestToken } from '../backends/kubernetes/objects.ts';
import { describeWithBackend } from '../backends/suite.ts';
import { audience, startLoginWorld, voxsync, type LoginWorld } from '../sources/vault/kubernetes-login.ts';
import { valuesOf } from './looks.ts';
import { openStage } from './stage.ts';
import { oddValue } from './values.ts';

const policy = `path "secret/metadata/voice/*" { capabilities = ["read", "list"] }
                path "secret/data/voice/*" { capabilities = ["read"] }`;

describeWithBackend(['vault', 'kubernetes', 'etcd'], 'from Vault, logged in as a service account', () => {
  let world: LoginWorld;
  beforeAll(async () => {
    world = await startLoginWorld(policy);
  });
  afterAll(() => world.stop());

  test('secrets arrive, and stay as they are when the pod is gone: 4', async () => {
    const { kubernetes, vault, admin } = world;
    const names = ['CRM', 'TRUNK'];
    await Promise.all(names.map((name, index) => admin.put(`voice/${name}`, { token: oddValue(index) })));
    const pod = await createPod(kubernetes.api, voxsync, 'voxsync-1');
    const tokenOfPod = () => requestToken(kubernetes.api, voxsync, { audience, pod });
    const [first, second] = [await tokenOfPod(), await tokenOfPod()];
    const stage = await openStage();
    await stage.save('token', first);
    await stage.configure({
      sources: {
        vault: {
          kind: 'vault',
          address: vault.address,
          auth: { method: 'kubernetes', role: 'voxsync', token: { file: 'token' } },
        },
      },
      mappings: [
        {
          application: 'app',
          discover: [
            {
              from: { source: 'vault', prefix: 'voice/' },
              fields: ['token'],
              name: '{{ path | remove_first: "voice/" }}',
            },
          ],
        },
      ],
    });
    const done = await stage.voxsync('sync', '--log-level', 'trace');
    expect([done.exitCode, done.stdout]).toEqual([0, expect.stringMatching(/Applied: 2 created\.\n$/)]);
    const wanted = { 'app CRM': oddValue(0), 'app TRUNK': oddValue(1) };
    expect(valuesOf(stage, ['app'])).toEqual(wanted);

    await admin.call('DELETE', 'secret/metadata/voice/CRM');
    await deletePod(kubernetes.api, pod);
    // Not the first: the API server remembers for ten seconds what it has accepted.
    await stage.save('token', second);
    const refused = await stage.voxsync('sync', '--log-level', 'trace');
    expect(refused.exitCode).toBe(4);
    expect(refused.stderr).toContain('Kubernetes did not confirm the token');
    expect(valuesOf(stage, ['app'])).toEqual(wanted);

    const written = [done, refused].map(({ stdout, stderr }) => stdout + stderr).join('\n');
    for (const part of [first, second].flatMap((token) => token.split('.').slice(1))) {
      expect(written).not.toContain(part);
    }
  });
});
