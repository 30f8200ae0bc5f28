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
function configOf({ application, endpoint, credentialsFile, origin, groups }: Task): object {
  return {
    owner: 'bench',
    policy: 'sync',
    accounts: { main: { endpoint, credentials: { file: credentialsFile } } },
    sources: { origin: sourceOf(origin) },
    mappings: groups.map((group) => ({
      application,
      discover: [
        {
          from: { source: 'origin', prefix: `${group}/` },
          name: `{{ path | remove_first: '${group}/' }}`,
          ...(origin.kind === 'vault' && { fields: ['value'] }),
        },
      ],
    })),
    prune: { grace: '0s' },
    guard: { maxDeletes: {}, maxUpdates: {} },
  };
}

function sourceOf(origin: Origin): object {
  switch (origin.kind) {
    case 'file':
      return { kind: 'file', path: origin.path };
    case 'aws':
      return { kind: 'aws-secrets-manager', region: awsRegion, endpoint: origin.endpoint };
    case 'vault':
      return {
        kind: 'vault',
        address: origin.address,
        auth: { method: 'token', token: { env: 'BENCH_VAULT_TOKEN' } },
      };
  }
}

function environmentOf(origin: Origin): Readonly<Record<string, string>> {
  if (origin.kind === 'aws') return awsEnvironment;
  return origin.kind === 'vault' ? { BENCH_VAULT_TOKEN: origin.token } : {};
}
