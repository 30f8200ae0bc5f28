// What a script is given: its task from a file, and the secrets that the task wants, read from their source.
import { readFile } from 'node:fs/promises';
import { awsRegion, type Origin, type Task } from '../contenders/contender.ts';

export interface ScriptTask extends Task {
  readonly concurrency: number;
}

/** Reads the task from the file that the command line names. */
export async function readTask(): Promise<ScriptTask> {
  return JSON.parse(await readFile(process.argv[2] ?? '', 'utf8'));
}

/** The values wanted, by their names in the application. Every value is read: a script has no other way to compare. */
export async function readWanted(task: ScriptTask): Promise<ReadonlyMap<string, string>> {
  const all = await readOrigin(task.origin, task.concurrency);
  const isMapped = (path: string) => task.groups.some((group) => path.startsWith(`${group}/`));
  const mapped = [...all].filter(([path]) => isMapped(path));
  return new Map(mapped.map(([path, value]) => [path.slice(path.lastIndexOf('/') + 1), value]));
}

async function readOrigin(origin: Origin, concurrency: number): Promise<ReadonlyMap<string, string>> {
  if (origin.kind === 'file') return new Map(Object.entries(JSON.parse(await readFile(origin.path, 'utf8'))));
  const read = origin.kind === 'aws' ? await awsReader(origin.endpoint) : vaultReader(origin);
  return readEach(origin.names, concurrency, read);
}

type ReadValue = (name: string) => Promise<string>;

async function readEach(
  names: readonly string[],
  concurrency: number,
  read: ReadValue,
): Promise<ReadonlyMap<string, string>> {
  const values = new Map<string, string>();
  await forEachOf(names, concurrency, async (name) => void values.set(name, await read(name)));
  return values;
}

async function awsReader(endpoint: string): Promise<ReadValue> {
  const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  const client = new SecretsManagerClient({ region: awsRegion, endpoint });
  return async (SecretId) => (await client.send(new GetSecretValueCommand({ SecretId }))).SecretString ?? '';
}

function vaultReader({ address, token }: Extract<Origin, { kind: 'vault' }>): ReadValue {
  return async (name) => {
    const answer = await fetch(`${address}/v1/secret/data/${name}`, { headers: { 'x-vault-token': token } });
    const { data }: { data: { data: { value: string } } } = JSON.parse(await answer.text());
    return data.data.value;
  };
}

/** Does the same for each, so many at a time. */
export async function forEachOf<T>(
  list: Iterable<T>,
  concurrency: number,
  work: (one: T) => Promise<void>,
): Promise<void> {
  const rest = list[Symbol.iterator]();
  const lanes = Array.from({ length: concurrency }, async () => {
    for (let next = rest.next(); next.done !== true; next = rest.next()) await work(next.value);
  });
  await Promise.all(lanes);
}
