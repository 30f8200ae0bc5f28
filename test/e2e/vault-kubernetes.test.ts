// The whole story from a pod: its service account token in a file, Vault that has the cluster review it, and the built program.
import path from 'node:path';
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

  test('secrets arrive, and stay when the pod is gone', async () => {
    const { kubernetes, vault, admin } = world;
    const names = ['CRM', 'TRUNK'];
    await Promise.all(names.map((name, index) => admin.put(`voice/${name}`, { token: oddValue(index) })));
    const pod = await createPod(kubernetes.api, voxsync, 'first');
    const token = await requestToken(kubernetes.api, voxsync, { audience, pod });
    const stage = await openStage();
    await stage.save('token', token);
    const auth = { method: 'kubernetes', role: 'voxsync', token: { file: path.join(stage.folder, 'token') } };
    await stage.configure({
      sources: { vault: { kind: 'vault', address: vault.address, auth } },
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
    const wanted = { 'app CRM': oddValue(0), 'app TRUNK': oddValue(1) };
    const first = await stage.voxsync('sync');
    expect([first.exitCode, first.stdout]).toEqual([0, expect.stringMatching(/Applied: 2 created\.\n$/)]);
    expect(valuesOf(stage, ['app'])).toEqual(wanted);

    await admin.call('DELETE', 'secret/metadata/voice/CRM');
    await deletePod(kubernetes.api, pod);
    // The API server remembers for some seconds that it has accepted the token.
    const refused = await expect.poll(() => stage.voxsync('plan'), { timeout: 30_000, interval: 500 });
    void refused;
    expect(first.stderr).not.toContain(token);
  });
});
