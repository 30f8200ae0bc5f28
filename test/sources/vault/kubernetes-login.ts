// What the tests of the Kubernetes login share: a real API server, and a Vault that asks it about service account tokens.
import {
  startKubernetes,
  startVault,
  type KubernetesServer,
  type VaultServer,
} from '../../backends/start.ts';
import {
  bindClusterRole,
  createAccount,
  createNamespace,
  requestToken,
  type Account,
} from '../../backends/kubernetes/objects.ts';
import { kubernetesPlugin } from '../../backends/vault/recipe.ts';
import { adminOf, type Admin } from './setup.ts';

/** Who logs in. */
export const voxsync: Account = { namespace: 'voice', name: 'voxsync' };

/** Whom the tokens are for. */
export const audience = 'vault';

const reviewer: Account = { namespace: 'vault', name: 'reviewer' };

export interface LoginWorld {
  readonly kubernetes: KubernetesServer;
  readonly vault: VaultServer;
  readonly admin: Admin;
  /** Mounts the method, which asks the API server as the reviewer; the changes are of its config. */
  mountLogin(path: string, changes?: object): Promise<void>;
  /** Makes the role `voxsync`: for that account, with that audience and the policy `voxsync`. */
  createRole(mountPath: string, changes?: object): Promise<void>;
  stop(): Promise<void>;
}

/** Starts both servers, with the method at `kubernetes`, its role, and a policy of that name. */
export async function startLoginWorld(policy: string): Promise<LoginWorld> {
  const [kubernetes, vault] = await Promise.all([startKubernetes(), startVault({ plugins: true })]);
  const admin = adminOf(vault.address, vault.rootToken);
  const world: LoginWorld = {
    kubernetes,
    vault,
    admin,
    mountLogin: async (path, changes) => {
      await admin.call('POST', `sys/auth/${path}`, { type: kubernetesPlugin });
      await admin.call('POST', `auth/${path}/config`, {
        kubernetes_host: kubernetes.address,
        kubernetes_ca_cert: kubernetes.ca,
        token_reviewer_jwt: await requestToken(kubernetes.api, reviewer),
        disable_local_ca_jwt: true,
        ...changes,
      });
    },
    createRole: async (mountPath, changes) => {
      await admin.call('POST', `auth/${mountPath}/role/voxsync`, {
        bound_service_account_names: voxsync.name,
        bound_service_account_namespaces: voxsync.namespace,
        audience,
        token_policies: 'voxsync',
        token_ttl: '1h',
        ...changes,
      });
    },
    stop: async () => {
      await Promise.all([kubernetes.stop(), vault.stop()]);
    },
  };
  await prepare(world, policy);
  return world;
}

async function prepare({ kubernetes: { api }, admin, ...world }: LoginWorld, policy: string): Promise<void> {
  for (const account of [voxsync, reviewer]) {
    await createNamespace(api, account.namespace);
    await createAccount(api, account);
  }
  await bindClusterRole(api, 'system:auth-delegator', reviewer);
  await admin.call('PUT', 'sys/policies/acl/voxsync', { policy });
  await world.mountLogin('kubernetes');
  await world.createRole('kubernetes');
}
