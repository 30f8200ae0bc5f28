// The whole story from a real Vault: a login of our own, secrets chosen and named by their metadata, a seal, and what leaves.
import { expect, onTestFinished, test } from 'vitest';
import { startSealableVault } from '../backends/start.ts';
import { describeWithBackend } from '../backends/suite.ts';
import { adminOf } from '../sources/vault/setup.ts';
import { valuesOf } from './looks.ts';
import { openStage } from './stage.ts';

const policy = `path "secret/metadata/voice/*" { capabilities = ["read", "list"] }
                path "secret/data/voice/*" { capabilities = ["read"] }`;

describeWithBackend('vault', 'from Vault to Voximplant', () => {
  test('by metadata, through a seal, to the end of a secret', async () => {
    const vault = await startSealableVault();
    onTestFinished(() => vault.stop());
    const admin = adminOf(vault.address, vault.rootToken);
    await admin.call('POST', 'sys/auth/people', { type: 'userpass' });
    await admin.call('PUT', 'sys/policies/acl/voice', { policy });
    await admin.call('POST', 'auth/people/users/voxsync', {
      password: 'canary-password',
      token_policies: ['voice'],
      token_num_uses: 5,
    });
    const note = (name: string, metadata: Record<string, string>) =>
      admin.call('POST', `secret/metadata/voice/${name}`, { custom_metadata: metadata });
    for (const name of ['crm', 'trunk', 'other']) {
      await note(name, {
        voximplant: String(name !== 'other'),
        team: `team of ${name}`,
        name: `${name}/key`,
      });
      await admin.put(`voice/${name}`, { token: `canary-${name}` });
    }
    const stage = await openStage();
    await stage.save('password', 'canary-password\n');
    const auth = {
      method: 'userpass',
      username: 'voxsync',
      password: { file: 'password' },
      mountPath: 'people',
    };
    await stage.configure({
      sources: { vault: { kind: 'vault', address: vault.address, auth } },
      mappings: [
        {
          application: 'app',
          discover: [
            {
              from: { source: 'vault', prefix: 'voice/', metadata: { voximplant: 'true' } },
              fields: ['token'],
              name: '{{ metadata.name }}',
              description: 'Ask the {{ metadata.team }}',
            },
          ],
        },
      ],
    });
    const output: string[] = [];
    const sync = async (): Promise<number | undefined> => {
      const { exitCode, stdout, stderr } = await stage.voxsync('sync');
      output.push(stdout, stderr);
      return exitCode;
    };
    expect(await sync()).toBe(0);
    const both = { 'app CRM_KEY': 'canary-crm', 'app TRUNK_KEY': 'canary-trunk' };
    expect(valuesOf(stage, ['app'])).toEqual(both);
    expect(
      stage.emulator.state
        .secrets('app')
        .map(({ description }) => description)
        .join(),
    ).toContain('Ask the team of crm');

    await vault.seal();
    expect(await sync()).toBe(6);
    expect(output.join('')).toContain('is sealed');
    expect(valuesOf(stage, ['app'])).toEqual(both);
    await vault.unseal();
    await expect.poll(sync, { interval: 200 }).toBe(0);

    await note('trunk', { voximplant: 'false' });
    await sync();
    expect(valuesOf(stage, ['app'])).toEqual(both);
    expect(output.join('')).toContain('absence-unproven');
    await note('trunk', { voximplant: 'true', team: 'the trunk', name: 'trunk/key' });
    await admin.call('DELETE', 'secret/data/voice/crm');
    expect(await sync()).toBe(0);
    expect(valuesOf(stage, ['app'])).toEqual({ 'app TRUNK_KEY': 'canary-trunk' });
    expect(output.join('')).not.toContain('canary');
  });
});
