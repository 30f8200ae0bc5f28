// Source faults on a real OpenBao.
import { testVault } from './vault-suite.ts';

testVault('openbao');
