// Makes the SDK's clients: credentials and region from the SDK's own chain, roles assumed on top, bounded in time, and silent.
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { STSClientConfig } from '@aws-sdk/client-sts';
import type { AssumedRole } from './assume-role.ts';
import { explained } from './credentials.ts';
import type { Transport } from './transport.ts';
import { createTransport } from './transport.ts';

/** How the client is to be made; everything left out is taken from the SDK's own chain. */
export interface ClientSettings {
  readonly region?: string | undefined;
  /** Another address than that of AWS. */
  readonly endpoint?: string | undefined;
  /** A profile of the shared AWS configuration files. */
  readonly profile?: string | undefined;
  readonly useFipsEndpoint?: boolean | undefined;
  readonly useDualstackEndpoint?: boolean | undefined;
  /** Roles to assume one after the other, the last of which reads the secrets. */
  readonly assumeRole?: readonly AssumedRole[] | undefined;
}

const attempts = 3;
const longestConnectMs = 5000;
const warningSwitch = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED';

/** The clients of one source: one for each region, with the same credentials and connections. */
export interface Clients {
  /** The region of the settings, the environment or the profile; `undefined` when none of them names one. */
  ownRegion(): Promise<string | undefined>;
  /** The client of a region; without one, of the source's own. */
  in(region: string | undefined): Promise<SecretsManagerClient>;
  /** How a client of STS is made that asks who we are; `undefined` where nobody says which STS is meant. */
  sts(): Promise<STSClientConfig | undefined>;
  close(): void;
}

/** Clients whose every call, with its repetitions, is meant to fit into `timeoutMs`; `id` is the source's. */
export function createClients(id: string, settings: ClientSettings, timeoutMs: number): Clients {
  const requestMs = Math.ceil(timeoutMs / attempts);
  const connectMs = Math.min(requestMs, longestConnectMs);
  const requestHandler = createTransport(id, { requestMs, connectMs });
  const manners = {
    maxAttempts: attempts,
    retryMode: 'standard',
    logger: silence,
    requestHandler,
    ...given('useFipsEndpoint', settings.useFipsEndpoint),
    ...given('useDualstackEndpoint', settings.useDualstackEndpoint),
  };
  /** Never asked anything itself: it is how the SDK gives out its chain of credentials, and its region. */
  const chainIn = (region: string | undefined) => {
    const place = { ...given('region', region), ...given('profile', settings.profile) };
    const chain = { ...manners, ...place, ...forSingleSignOn(requestHandler) };
    return withoutVersionWarning(() => new SecretsManagerClient(chain).config);
  };
  const home = chainIn(settings.region);
  const ownRegion = (): Promise<string | undefined> => home.region().catch(() => undefined);
  let credentials: SecretsManagerClient['config']['credentials'] | undefined;

  const open = async (region: string | undefined): Promise<SecretsManagerClient> => {
    const roles = settings.assumeRole ?? [];
    // The client of STS costs time to load, so only who assumes a role pays for it.
    const assume = roles.length > 0 ? (await import('./assume-role.ts')).assumeRoles : undefined;
    const isHomeless = (await ownRegion()) === undefined;
    // STS needs a region as well: where the source has none of its own, the one of the first ARN is taken.
    const chain = isHomeless ? chainIn(region) : home;
    const own = explained(id, settings.profile, chain.credentials);
    const inRegion = { ...manners, region: chain.region, ...given('profile', settings.profile) };
    const client = new SecretsManagerClient({
      ...inRegion,
      ...given('region', region),
      ...given('endpoint', settings.endpoint),
      credentials: credentials ?? assume?.(id, roles, own, inRegion) ?? own,
    });
    if (!isHomeless || region !== undefined) credentials ??= client.config.credentials;
    return client;
  };

  const opened = new Map<string | undefined, Promise<SecretsManagerClient>>();
  return {
    ownRegion,
    in: (region) => {
      const client = opened.get(region) ?? open(region);
      opened.set(region, client);
      return client;
    },
    sts: async () => {
      if (!isStsKnown(settings) || (await ownRegion()) === undefined) return undefined;
      return { ...manners, region: home.region, ...given('profile', settings.profile) };
    },
    close: () => requestHandler.destroy?.(),
  };
}

/** Who has an address of his own for Secrets Manager may be in no account of AWS: its public STS is not asked then. */
function isStsKnown({ endpoint }: ClientSettings): boolean {
  const { AWS_ENDPOINT_URL_SECRETS_MANAGER, AWS_ENDPOINT_URL_STS, AWS_ENDPOINT_URL } = process.env;
  const isElsewhere = (endpoint ?? AWS_ENDPOINT_URL_SECRETS_MANAGER) !== undefined;
  return !isElsewhere || (AWS_ENDPOINT_URL_STS ?? AWS_ENDPOINT_URL) !== undefined;
}

/** The chain hands these on to the client that it makes for SSO, which would go without a proxy otherwise. */
function forSingleSignOn(requestHandler: Transport) {
  return { clientConfig: { requestHandler } };
}

/** The SDK falls back to the console where it has no logger. */
const silence = { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore };

function ignore(): void {}

/** The SDK takes `undefined` for a setting of its own. */
function given<Key extends string, T>(key: Key, value: T | undefined): Partial<Record<Key, T>> {
  const setting: Partial<Record<Key, T>> = {};
  if (value !== undefined) setting[key] = value;
  return setting;
}

/** Node 20 makes the SDK announce its end of support on stderr, once, when the first client is made. */
function withoutVersionWarning<T>(make: () => T): T {
  const before = process.env[warningSwitch];
  process.env[warningSwitch] = 'true';
  try {
    return make();
  } finally {
    if (before === undefined) delete process.env[warningSwitch];
    else process.env[warningSwitch] = before;
  }
}
