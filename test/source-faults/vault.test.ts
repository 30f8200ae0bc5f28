// What passes make of Vault and OpenBao when they are sealed, refuse, forget a token, list less than there is, or answer nonsense.
import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { describeWithBackend } from '../backends/suite.ts';
import { testDoubts } from './doubt.ts';
import { openVault, type VaultGround } from './vault.ts';
import { denials1, denials2, endings, gaps, outages } from './vault-doubts.ts';

describe.each(['vault', 'openbao'] as const)('%s', (name) => {
  describeWithBackend(name, name, () => {
    let vault: VaultGround;
    const current = () => vault;
    beforeAll(async () => {
      vault = await openVault(name);
    });
    afterEach(() => vault.proxy.forget());
    afterAll(() => vault.stop());

    describe('KV version 2', () => {
      testDoubts(() => vault.kv2, [...gaps(current), ...denials2(current), ...outages(current)]);
      testDoubts(async () => {
        await vault.issueToken();
        return vault.withGivenToken(vault.kv2);
      }, endings(current));
    });
    describe('KV version 1', () => {
      testDoubts(() => vault.kv1, [...gaps(current), ...denials1(current), ...outages(current)]);
    });
  });
});
