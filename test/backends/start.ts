// What tests import to have a real server.
export { startMoto, type MotoServer } from './moto/start.ts';
export { startOpenBao, startVault, type VaultServer } from './vault/start.ts';
export { startSealableVault, type SealableVault } from './vault/sealable.ts';
export { startVaultCluster, type VaultCluster } from './vault/cluster.ts';
export { startKubernetes, type KubernetesServer } from './kubernetes/start.ts';
