// The few objects of a cluster that logging in as a service account takes.
import { textAt } from '../json.ts';
import type { KubernetesApi } from './api.ts';

/** A service account. */
export interface Account {
  readonly namespace: string;
  readonly name: string;
}

/** A pod, which nobody runs here. */
export interface Pod extends Account {
  readonly uid: string;
}

const namespaces = '/api/v1/namespaces';

export async function createNamespace(api: KubernetesApi, name: string): Promise<void> {
  await api.call('POST', namespaces, { metadata: { name } });
}

export async function createAccount(api: KubernetesApi, { namespace, name }: Account): Promise<void> {
  await api.call('POST', `${namespaces}/${namespace}/serviceaccounts`, { metadata: { name } });
}

export async function deleteAccount(api: KubernetesApi, { namespace, name }: Account): Promise<void> {
  await api.call('DELETE', `${namespaces}/${namespace}/serviceaccounts/${name}`);
}

/** Gives a service account a role that holds in the whole cluster. */
export async function bindClusterRole(api: KubernetesApi, role: string, account: Account): Promise<void> {
  await api.call('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
    metadata: { name: `${role}-${account.namespace}-${account.name}`.replaceAll(':', '-') },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [{ kind: 'ServiceAccount', ...account }],
  });
}

/** A pod of the account, to bind tokens to. */
export async function createPod(api: KubernetesApi, account: Account, name: string): Promise<Pod> {
  const { namespace } = account;
  const pod = await api.call('POST', `${namespaces}/${namespace}/pods`, {
    metadata: { name },
    spec: { serviceAccountName: account.name, containers: [{ name: 'voxsync', image: 'voxsync' }] },
  });
  return { namespace, name, uid: textAt(pod, 'metadata', 'uid') };
}

/** Without a kubelet nobody would confirm a graceful end. */
export async function deletePod(api: KubernetesApi, { namespace, name }: Pod): Promise<void> {
  await api.call('DELETE', `${namespaces}/${namespace}/pods/${name}`, { gracePeriodSeconds: 0 });
}

export interface TokenWishes {
  /** Who may accept the token; the API server itself when not given. */
  readonly audience?: string;
  /** The token ends with this pod, as one that a kubelet mounts does. */
  readonly pod?: Pod;
}

/** A token for the account, for an hour. */
export async function requestToken(
  api: KubernetesApi,
  { namespace, name }: Account,
  { audience, pod }: TokenWishes = {},
): Promise<string> {
  const answer = await api.call('POST', `${namespaces}/${namespace}/serviceaccounts/${name}/token`, {
    spec: {
      audiences: audience === undefined ? [] : [audience],
      expirationSeconds: 3600,
      ...(pod !== undefined && {
        boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: pod.name, uid: pod.uid },
      }),
    },
  });
  return textAt(answer, 'status', 'token');
}
