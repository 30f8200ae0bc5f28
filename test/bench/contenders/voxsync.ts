// voxsync as a contender: its own config, and one `voxsync sync`.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { voxsync } from '../voxsync.ts';
import { awsEnvironment, awsRegion, type Contender, type Origin, type Task } from './contender.ts';

export const voxsyncContender: Contender = {
  id: 'voxsync',
  title: 'voxsync',
  concurrency: 8,
  async prepare(task) {
    const file = join(task.folder, `${task.application}.yaml`);
    await writeFile(file, JSON.stringify(configOf(task), undefined, 2));
    return {
      folder: task.folder,
      args: [voxsync, 'sync', '--config', file],
      environment: environmentOf(task.origin),
    };
  },
};

/** One mapping for each group, every limit off. */
export function configOf(task: Task) {
  return {
    owner: 'bench',
    policy: 'sync',
    accounts: { main: { endpoint: task.endpoint, credentials: { file: task.credentialsFile } } },
    sources: { origin: sourceOf(task.origin) },
    mappings: task.groups.map((group) => mappingOf(group, task)),
    prune: { grace: '0s' },
    guard: { maxDeletes: {}, maxUpdates: {} },
  };
}

function mappingOf(group: string, { application, origin, named }: Task): object {
  const fields = origin.kind === 'vault';
  if (named !== undefined) {
    const secrets = named.map((name) => ({
      name,
      from: { source: 'origin', secret: `${group}/${name}`, ...(fields && { field: 'value' }) },
    }));
    return { application, secrets };
  }
  const name = "{{ path | split: '/' | last }}";
  const discovery = { from: { source: 'origin', prefix: `${group}/` }, name };
  return { application, discover: [{ ...discovery, ...(fields && { fields: ['value'] }) }] };
}

function sourceOf(origin: Origin): object {
  if (origin.kind === 'file') return { kind: 'file', path: origin.path };
  if (origin.kind === 'aws')
    return { kind: 'aws-secrets-manager', region: awsRegion, endpoint: origin.endpoint };
  const auth = { method: 'token', token: { env: 'BENCH_VAULT_TOKEN' } };
  return { kind: 'vault', address: origin.address, auth };
}

function environmentOf(origin: Origin): Readonly<Record<string, string>> {
  if (origin.kind === 'aws') return awsEnvironment;
  return origin.kind === 'vault' ? { BENCH_VAULT_TOKEN: origin.token } : {};
}
