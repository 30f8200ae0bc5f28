// What the emulator keeps: accounts, their applications, and the secrets in these. Plain data; the methods of the API change it.

/** A secret, value included. */
export interface StoredSecret {
  readonly id: number;
  name: string;
  value: string;
  description: string;
  readonly created: Date;
  modified: Date;
}

export interface StoredApplication {
  readonly id: number;
  /** The short name: `app`. */
  readonly name: string;
  /** `app.account.voximplant.com` */
  readonly fullName: string;
  readonly modified: Date;
  secrets: StoredSecret[];
}

export interface StoredAccount {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  /** For the legacy `account_id` and `api_key` parameters. */
  readonly apiKey: string;
  readonly parentId: number | undefined;
  readonly created: Date;
  readonly applications: StoredApplication[];
}

/** The accounts by id, and the next numbers to give out. */
export interface Store {
  readonly accounts: Map<number, StoredAccount>;
  nextApplicationId: number;
  nextSecretId: number;
}

export function createStore(): Store {
  return { accounts: new Map(), nextApplicationId: 1001, nextSecretId: 101 };
}

/** Adds an application. An id given by hand is kept, and later ids stay above it. */
export function addApplication(
  store: Store,
  account: StoredAccount,
  application: { readonly name: string; readonly id?: number | undefined; readonly at: Date },
): StoredApplication {
  const id = application.id ?? store.nextApplicationId;
  store.nextApplicationId = Math.max(store.nextApplicationId, id + 1);
  const added: StoredApplication = {
    id,
    name: application.name,
    fullName: `${application.name}.${account.name}.voximplant.com`,
    modified: application.at,
    secrets: [],
  };
  account.applications.push(added);
  return added;
}

/** Adds a secret without any check. */
export function addSecret(
  store: Store,
  application: StoredApplication,
  secret: Pick<StoredSecret, 'name' | 'value' | 'description'> & {
    readonly id?: number | undefined;
    readonly at: Date;
  },
): StoredSecret {
  const id = secret.id ?? store.nextSecretId;
  store.nextSecretId = Math.max(store.nextSecretId, id + 1);
  const { name, value, description, at } = secret;
  const added = { id, name, value, description, created: at, modified: at };
  application.secrets.push(added);
  return added;
}
