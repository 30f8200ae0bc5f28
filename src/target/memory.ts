// A target in memory: for tests, examples and dry experiments. It keeps the same contract as Voximplant.
import { VoxsyncError } from '../errors.ts';
import type { SecretBox } from '../secret/box.ts';
import { deriveAccountKeys } from '../secret/keys.ts';
import { descriptionLimit } from '../secret/limits.ts';
import type { Application, ListedSecret, SecretContents, Target } from './target.ts';

export interface MemorySettings {
  /** Applications by id, each with its short name. */
  readonly applications: ReadonlyMap<number, string>;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  readonly concurrency?: number;
  /** Bytes that stand for the account's private key. */
  readonly privateKey?: Uint8Array;
}

/** A target whose calls can be counted and whose secrets can be looked into. */
export interface MemoryTarget extends Target {
  /** How often each method was called. */
  readonly counts: Readonly<Record<MemoryMethod, number>>;
  /** The text of a secret, by name; `undefined` when there is none. */
  peek(applicationId: number, name: string): SecretBox | undefined;
}

export type MemoryMethod = 'applications' | 'list' | 'readValue' | 'create' | 'update' | 'remove';

interface Stored extends ListedSecret {
  readonly value: SecretBox;
}

export function createMemoryTarget(settings: MemorySettings): MemoryTarget {
  const { now = Date.now, concurrency = 8, privateKey = Buffer.from('memory') } = settings;
  const stores = new Map([...settings.applications.keys()].map((id) => [id, new Map<number, Stored>()]));
  const counts = { applications: 0, list: 0, readValue: 0, create: 0, update: 0, remove: 0 };
  let nextId = 101;

  function enter(method: MemoryMethod, signal: AbortSignal): void {
    signal.throwIfAborted();
    counts[method] += 1;
  }

  function storeOf(applicationId: number): Map<number, Stored> {
    const store = stores.get(applicationId);
    if (store !== undefined) return store;
    throw new VoxsyncError('application-not-found', `there is no application ${applicationId}`);
  }

  const seconds = () => Math.floor(now() / 1000);

  return {
    counts,
    concurrency,
    now: seconds,
    keys: deriveAccountKeys(privateKey),
    peek: (applicationId, name) => byName(storeOf(applicationId), name)?.value,
    close: async () => {},
    async applications(_care, signal) {
      enter('applications', signal);
      const rows = [...settings.applications].map(([id, name]) => describeApplication(id, name));
      return { rows, isWhole: true };
    },
    async list(applicationId, _care, signal) {
      enter('list', signal);
      return { rows: listed(storeOf(applicationId)), isWhole: true };
    },
    async readValue(applicationId, secretId, signal) {
      enter('readValue', signal);
      return stored(storeOf(applicationId), secretId).value;
    },
    async create(applicationId, name, contents, signal) {
      enter('create', signal);
      const store = storeOf(applicationId);
      if (byName(store, name) !== undefined) {
        throw new VoxsyncError('name-taken', `a secret named ${name} exists already`);
      }
      const { value, description } = cut(contents);
      store.set(nextId, { id: nextId, name, value, description, modifiedAt: seconds() });
      nextId += 1;
    },
    async update(applicationId, { id }, contents, signal) {
      enter('update', signal);
      const store = storeOf(applicationId);
      store.set(id, { ...changed(stored(store, id), contents), modifiedAt: seconds() });
    },
    async remove(applicationId, secretIds, signal) {
      enter('remove', signal);
      checkIds(secretIds);
      const store = storeOf(applicationId);
      for (const id of secretIds) store.delete(id);
    },
  };
}

function describeApplication(id: number, shortName: string): Application {
  return { id, name: `${shortName}.memory.voximplant.com`, shortName };
}

function listed(store: ReadonlyMap<number, Stored>): readonly ListedSecret[] {
  return [...store.values()].map(({ value: _value, ...secret }) => secret);
}

function byName(store: ReadonlyMap<number, Stored>, name: string): Stored | undefined {
  return [...store.values()].find((secret) => secret.name === name);
}

function stored(store: ReadonlyMap<number, Stored>, secretId: number): Stored {
  const secret = store.get(secretId);
  if (secret !== undefined) return secret;
  throw new VoxsyncError('secret-refused', `there is no secret ${secretId}`);
}

function changed(secret: Stored, { value, description }: SecretContents): Stored {
  return {
    ...secret,
    ...cut({ value: value ?? secret.value, description }),
  };
}

/** As Voximplant does it, without a word. */
function cut({ value, description }: Required<SecretContents>): Required<SecretContents> {
  return { value, description: Array.from(description).slice(0, descriptionLimit).join('') };
}

function checkIds(secretIds: readonly number[]): void {
  if (secretIds.length > 0 && secretIds.every((id) => Number.isSafeInteger(id) && id > 0)) return;
  throw new VoxsyncError('unexpected', 'a deletion needs positive whole numbers, at least one');
}
