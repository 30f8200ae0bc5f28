// The state as tests and the command line see it: they seed it, look into it, and change it as a person in the control panel would.
import { randomUUID } from 'node:crypto';
import { wholeSecond } from './dates.ts';
import {
  addApplication,
  addSecret,
  type Store,
  type StoredAccount,
  type StoredApplication,
  type StoredSecret,
} from './store.ts';

/** A secret to start with. */
interface SeedSecret {
  readonly name: string;
  readonly value: string;
  readonly description?: string;
  readonly id?: number;
}

/** An application to start with. */
export interface SeedApplication {
  /** The short name: `app`. */
  readonly name: string;
  readonly id?: number;
  readonly secrets?: readonly SeedSecret[];
}

/** An account to start with. */
export interface SeedAccount {
  readonly id: number;
  /** Part of the full names of its applications: `app.NAME.voximplant.com`. */
  readonly name: string;
  readonly email?: string;
  readonly applications?: readonly SeedApplication[];
}

/** A secret without its value. */
type SecretView = Readonly<Omit<StoredSecret, 'value'>>;

/** An application by id, short name or full name; names of the main account go before those of its children. */
type ApplicationKey = number | string;

/** Every method throws an `Error` when the application or the secret does not exist. */
export interface EmulatorState {
  /** Adds an account with its applications; with a parent, one that the parent's key speaks for. */
  addAccount(seed: SeedAccount, parentId?: number): void;
  /** Adds an application to an account (the main one unless told otherwise) and tells its id. */
  addApplication(seed: SeedApplication, accountId?: number): number;
  /** The secrets of an application, in the order they were added. */
  secrets(application: ApplicationKey): readonly SecretView[];
  /** The value of a secret, or `undefined` when there is none of this name. */
  readValue(application: ApplicationKey, name: string): string | undefined;
  /** Adds a secret, without the checks of the API, and tells its id. */
  addSecret(application: ApplicationKey, seed: SeedSecret): number;
  /** Changes a secret; `modified` moves on by at least one second, so that nobody has to wait. */
  changeSecret(
    application: ApplicationKey,
    name: string,
    change: { readonly value?: string; readonly description?: string; readonly name?: string },
  ): void;
  deleteSecret(application: ApplicationKey, name: string): void;
}

/** The view on a store. */
export function createState(store: Store, mainAccountId: number, now: () => Date): EmulatorState {
  const at = () => wholeSecond(now());

  function addSeed(account: StoredAccount, seed: SeedApplication): number {
    const application = addApplication(store, account, { name: seed.name, id: seed.id, at: at() });
    for (const secret of seed.secrets ?? [])
      addSecret(store, application, { description: '', ...secret, at: at() });
    return application.id;
  }

  return {
    addAccount(seed, parentId) {
      const account = createAccount(seed, parentId, at());
      store.accounts.set(seed.id, account);
      for (const application of seed.applications ?? []) addSeed(account, application);
    },
    addApplication: (seed, accountId) => addSeed(accountNamed(store, accountId ?? mainAccountId), seed),
    secrets: (application) =>
      applicationNamed(store, application).secrets.map(({ value: _value, ...view }) => view),
    readValue: (application, name) => findSecret(store, application, name)?.value,
    addSecret: (application, seed) =>
      addSecret(store, applicationNamed(store, application), { description: '', ...seed, at: at() }).id,
    changeSecret(application, name, change) {
      const secret = secretNamed(store, application, name);
      const modified = new Date(Math.max(at().getTime(), secret.modified.getTime() + 1000));
      Object.assign(secret, change, { modified });
    },
    deleteSecret(application, name) {
      const secret = secretNamed(store, application, name);
      const holder = applicationNamed(store, application);
      holder.secrets = holder.secrets.filter((other) => other !== secret);
    },
  };
}

function createAccount(seed: SeedAccount, parentId: number | undefined, created: Date): StoredAccount {
  const email = seed.email ?? `${seed.name}@example.com`;
  return { id: seed.id, name: seed.name, email, apiKey: randomUUID(), parentId, created, applications: [] };
}

/** The application that a call names, in whatever account, well-formed or not; for the journal and the faults. */
export function applicationOfCall(
  store: Store,
  parameters: ReadonlyMap<string, string>,
): StoredApplication | undefined {
  const id = parameters.get('application_id');
  return findApplication(store, id === undefined ? (parameters.get('application_name') ?? '') : Number(id));
}

function findApplication(store: Store, key: ApplicationKey): StoredApplication | undefined {
  const all = [...store.accounts.values()].flatMap((account) => account.applications);
  return all.find(({ id, name, fullName }) => id === key || name === key || fullName === key);
}

function applicationNamed(store: Store, key: ApplicationKey): StoredApplication {
  const found = findApplication(store, key);
  if (found === undefined) throw new Error(`the emulator has no application ${key}`);
  return found;
}

function accountNamed(store: Store, id: number): StoredAccount {
  const found = store.accounts.get(id);
  if (found === undefined) throw new Error(`the emulator has no account ${id}`);
  return found;
}

function findSecret(store: Store, application: ApplicationKey, name: string): StoredSecret | undefined {
  return applicationNamed(store, application).secrets.find((secret) => secret.name === name);
}

function secretNamed(store: Store, application: ApplicationKey, name: string): StoredSecret {
  const found = findSecret(store, application, name);
  if (found === undefined) throw new Error(`the application ${application} has no secret ${name}`);
  return found;
}
