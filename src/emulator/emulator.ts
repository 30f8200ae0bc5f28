// The Voximplant Management API on a local port: everything that tests, the demo and `voxsync emulator` use of it.
import type { Api, CallListener } from './api.ts';
import { emulatorEmail, generateCredentials, type Credentials } from './credentials.ts';
import { FaultPlan, type Faults } from './faults.ts';
import { CallJournal, type Journal } from './journal.ts';
import { startServer } from './server.ts';
import { createState, type EmulatorState, type SeedAccount, type SeedApplication } from './state.ts';
import { createStore } from './store.ts';
import { readSwitches } from './switch-text.ts';
import type { EmulatorSwitches } from './switches.ts';
import { Throttle } from './throttle.ts';
import { registerKey } from './token.ts';

export { emulatorEmail, writeCredentialsFile, type Credentials } from './credentials.ts';
export { parseFault } from './fault-text.ts';
export type { EmulatorFault } from './faults.ts';
export { EmulatorSettingError } from './settings.ts';
export { describeSwitches, parseSwitches, readSwitches } from './switch-text.ts';
export { emulatorSwitchesSchema, type EmulatorSwitches } from './switches.ts';

export interface EmulatorOptions {
  /** 0, the default, takes a free port. */
  readonly port?: number;
  readonly switches?: Partial<EmulatorSwitches>;
  /** How long every call takes. */
  readonly latencyMs?: number;
  readonly applications?: readonly SeedApplication[];
  /** Accounts that the key of the main one speaks for when it puts their id into `iss`. */
  readonly childAccounts?: readonly SeedAccount[];
  readonly accountId?: number;
  /** Part of the full names of applications: `app.NAME.voximplant.com`. */
  readonly accountName?: string;
  /** Credentials of an earlier run, so that a file written then is still valid. They bring their account id. */
  readonly credentials?: Credentials;
  /** Dates, token times and limits follow it; the latency does not. */
  readonly clock?: () => Date;
}

export interface Emulator {
  /** `http://127.0.0.1:PORT/platform_api` */
  readonly url: string;
  readonly credentials: Credentials;
  /** The main account's key for the legacy `account_id` and `api_key` parameters. */
  readonly apiKey: string;
  readonly journal: Journal;
  readonly state: EmulatorState;
  readonly faults: Faults;
  /** The switches in force. */
  readonly switches: EmulatorSwitches;
  /** Turns switches while it runs; the others stay. Throws `EmulatorSettingError`. */
  setSwitches(changes: Partial<EmulatorSwitches>): void;
  /** Calls the listener before each call is handled; returns what stops that. */
  onCall(listener: CallListener): () => void;
  /** Another key of the main account, valid at once beside the first. */
  issueCredentials(): Promise<Credentials>;
  /** Makes a key invalid. */
  revokeKey(keyId: string): void;
  /** Ends every connection, hanging ones included. May be called again. */
  readonly close: () => Promise<void>;
}

/** Starts an emulator. Throws `EmulatorSettingError`, or what listening on the port throws. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const switches = readSwitches(options.switches ?? {});
  const { id, name, email } = mainAccount(options);
  const credentials = options.credentials ?? (await generateCredentials(id, email));
  const api = createApi(options, switches);
  const state = createState(api.store, id, api.now);
  state.addAccount({ id, name, email, applications: options.applications ?? [] });
  for (const child of options.childAccounts ?? []) state.addAccount(child, id);
  registerKey(api.keys, credentials);
  const server = await startServer(api, options.port ?? 0);
  api.address = server.address;
  return assemble(api, { credentials, state, close: server.close });
}

function mainAccount(options: EmulatorOptions): Required<Omit<SeedAccount, 'applications'>> {
  return {
    id: options.credentials?.account_id ?? options.accountId ?? 12_345,
    name: options.accountName ?? 'account',
    email: options.credentials?.account_email ?? emulatorEmail,
  };
}

function createApi(options: EmulatorOptions, switches: EmulatorSwitches): Api {
  return {
    store: createStore(),
    keys: new Map(),
    faults: new FaultPlan(),
    journal: new CallJournal(),
    throttle: new Throttle(),
    listeners: new Set(),
    latencyMs: options.latencyMs ?? 0,
    now: options.clock ?? (() => new Date()),
    address: '',
    switches,
    callNumber: 0,
  };
}

function assemble(api: Api, parts: Pick<Emulator, 'credentials' | 'state' | 'close'>): Emulator {
  const { account_id: accountId, account_email: email } = parts.credentials;
  return {
    ...parts,
    url: `http://${api.address}/platform_api`,
    apiKey: api.store.accounts.get(accountId)?.apiKey ?? '',
    journal: api.journal,
    faults: api.faults,
    get switches() {
      return api.switches;
    },
    setSwitches(changes) {
      api.switches = readSwitches({ ...api.switches, ...changes });
    },
    onCall(listener) {
      api.listeners.add(listener);
      return () => void api.listeners.delete(listener);
    },
    async issueCredentials() {
      const issued = await generateCredentials(accountId, email);
      registerKey(api.keys, issued);
      return issued;
    },
    revokeKey: (keyId) => void api.keys.delete(keyId),
  };
}
