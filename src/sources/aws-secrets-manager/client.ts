// Makes the SDK's clients: credentials and region from the SDK's own chain, roles assumed on top, bounded in time, and silent.
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { AssumedRole } from './assume-role.ts';
import { assumeRoles } from './assume-role.ts';
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
  /** Roles to assume one after the other, the last of which reads the secrets. */
  readonly assumeRole?: readonly AssumedRole[] | undefined;
}

const attempts = 3;
const longestConnectMs = 5000;
const warningSwitch = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED';

/** A client whose every call, with its repetitions, is meant to fit into `timeoutMs`; `id` is the source's. */
export function createClient(id: string, settings: ClientSettings, timeoutMs: number): SecretsManagerClient {
  return withoutVersionWarning(() => {
    const requestMs = Math.ceil(timeoutMs / attempts);
    const requestHandler = createTransport(id, {
      requestMs,
      connectMs: Math.min(requestMs, longestConnectMs),
    });
    const manners = { maxAttempts: attempts, retryMode: 'standard', logger: silence, requestHandler };
    const place = { ...given('region', settings.region), ...given('profile', settings.profile) };
    // Never asked anything itself: it is how the SDK gives out its chain of credentials, and its region.
    const { config } = new SecretsManagerClient({ ...manners, ...place, ...forSingleSignOn(requestHandler) });
    const shared = { ...manners, region: config.region };
    const own = explained(id, settings.profile, config.credentials);
    const credentials = assumeRoles(id, settings.assumeRole ?? [], own, shared);
    return new SecretsManagerClient({
      ...shared,
      ...given('profile', settings.profile),
      ...given('endpoint', settings.endpoint),
      credentials,
    });
  });
}

/** The chain hands these on to the client that it makes for SSO, which would go without a proxy otherwise. */
function forSingleSignOn(requestHandler: Transport) {
  return { clientConfig: { requestHandler } };
}

/** The SDK falls back to the console where it has no logger. */
const silence = { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore };

function ignore(): void {}

/** The SDK takes `undefined` for a setting of its own. */
function given<Key extends string>(key: Key, value: string | undefined): Partial<Record<Key, string>> {
  const setting: Partial<Record<Key, string>> = {};
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
