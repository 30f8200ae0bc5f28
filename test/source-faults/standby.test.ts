// A real standby that has lost its active server: Vault's sends us there in vain, OpenBao's tells what it has; nothing is lost.
import { expect, onTestFinished, test } from 'vitest';
import { startVaultCluster } from '../backends/start.ts';
import { describeWithBackend } from '../backends/suite.ts';
import { adminOf, tokenAuth } from '../sources/vault/setup.ts';
import { expectAtRest, expectVerdict } from './passes.ts';
import { openScene } from './scene.ts';

const verdicts = {
  vault: '6 source-unavailable absence-unproven absence-unproven',
  openbao: '0 in-sync in-sync in-sync',
} as const;

for (const name of ['vault', 'openbao'] as const) {
  describeWithBackend(name, `a standby of ${name}`, () => {
    test('that has lost the active server leaves everything as it is', async () => {
      const cluster = await startVaultCluster(name);
      onTestFinished(() => cluster.stop());
      const admin = adminOf(cluster.active, cluster.rootToken);
      const redirectHosts = [new URL(cluster.active).host];
      const scene = await openScene({
        settings: {
          kind: 'vault',
          address: cluster.standby,
          redirectHosts,
          auth: tokenAuth(cluster.rootToken),
        },
        lost: {},
        separator: '/',
        put: (secrets) =>
          Promise.all(Object.entries(secrets).map(([path, fields]) => admin.put(path, fields))),
      });
      // It passes on to the active one, or has caught up with it.
      await expect.poll(async () => (await scene.pass()).exitCode).toBe(0);
      expectAtRest(await scene.pass());
      const before = scene.contents();
      await cluster.stopActive();
      const lost = await scene.pass();
      expectVerdict(lost, verdicts[name]);
      expect(lost.writes).toBe(0);
      expect(scene.contents()).toEqual(before);
    });
  });
}
