// voxsync as a contender: its own config, and one `voxsync sync`, or a `voxsync run`.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { voxsync } from '../voxsync.ts';
import type { Command } from '../measure.ts';
import { awsEnvironment, awsRegion, type Contender, type Origin, type Task } from './contender.ts';

export const voxsyncContender: Contender = {
  id: 'voxsync',
  title: 'voxsync',
  concurrency: 8,
  prepare: (task) => commandOf('sync', task, configOf(task)),
};

/** A `voxsync run` that does the same as often as it may, and is not asked for its health. */
export function prepareLoop(task: Task): Promise<Command> {
  const server = { host: '127.0.0.1', port: 0 };
  return commandOf('run', task, { ...configOf(task), schedule: { every: '1s' }, server });
}

async function commandOf(command: 'sync' | 'run', task: Task, config: object): Promise<Command> {
  const { folder, application, origin } = task;
  const file = join(folder, `${application}.yaml`);
  await writeFile(file, stringify(config));
  return { folder, args: [voxsync, command, '--config', file], environment: environmentOf(origin) };
}

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

function mappingOf(group: string, task: Task): object {
  const { applicationId: id, origin, named } = task;
  const application = id === undefined ? task.application : { id };
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
