// Source faults on a real Vault.
import { testVault } from './vault-suite.ts';

testVault('vault');
