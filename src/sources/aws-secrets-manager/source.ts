// AWS Secrets Manager as a source.
import type { SecretReference } from '../../secret/reference.ts';
import type { Source } from '../source.ts';
import type { SecretsApi } from './api.ts';
import { createApi } from './api.ts';
import type { AssumedRole } from './assume-role.ts';
import { createClients } from './client.ts';
import { discoverSecrets } from './discover.ts';
import { accountOf } from './credentials.ts';
import { observeSecrets } from './observe.ts';
import { probePermissions, probeReads } from './probe.ts';
import type { ReadSecrets } from './read.ts';
import { createReader } from './read.ts';
import { askByRegion } from './regions.ts';

export interface AwsSettings {
  readonly kind: 'aws-secrets-manager';
  /** Without it, the SDK's own chain decides: AWS_REGION, then the profile. A reference by ARN goes to its own region. */
  readonly region?: string | undefined;
  /** Another address than that of AWS, such as `http://127.0.0.1:5000`. */
  readonly endpoint?: string | undefined;
  /** A profile of the shared AWS configuration files. */
  readonly profile?: string | undefined;
  /** Addresses with FIPS 140 validated cryptography; not with `endpoint`. */
  readonly useFipsEndpoint?: boolean | undefined;
  /** Addresses that answer over IPv6 as well; not with `endpoint`. */
  readonly useDualstackEndpoint?: boolean | undefined;
  /** Roles to assume one after the other, on top of the chain's credentials or those of `profile`. */
  readonly assumeRole?: readonly AssumedRole[] | undefined;
  /** How long one call may take, its repetitions included. 30 seconds when not given. */
  readonly timeoutMs?: number | undefined;
}

const defaultTimeoutMs = 30_000;

/** Opens the source. Nothing is asked before the first call; credentials come from the SDK's default chain, or roles. */
export function openAwsSource(id: string, settings: AwsSettings): Source {
  const timeoutMs = settings.timeoutMs ?? defaultTimeoutMs;
  const clients = createClients(id, settings, timeoutMs);
  const places = new Map<string | undefined, Promise<Place>>();
  const open = async (region: string | undefined): Promise<Place> => {
    const client = await clients.in(region);
    const api = createApi(id, client, timeoutMs);
    return { api, read: createReader(api, () => accountOf(client)) };
  };
  const placeIn = (region: string | undefined): Promise<Place> => {
    const place = places.get(region) ?? open(region);
    places.set(region, place);
    return place;
  };
  const ask = async <T>(
    references: readonly SecretReference[],
    signal: AbortSignal,
    ask: (place: Place, asked: readonly SecretReference[]) => Promise<readonly T[]>,
  ): Promise<readonly T[]> => {
    signal.throwIfAborted();
    return await askByRegion(references, await clients.ownRegion(), async (region, asked) =>
      ask(await placeIn(region), asked),
    );
  };
  return {
    observe: (references, signal) =>
      ask(references, signal, ({ api }, asked) => observeSecrets(api, asked, signal)),
    read: (references, signal) => ask(references, signal, ({ read }, asked) => read(asked, signal)),
    discover: async (query, signal) => discoverSecrets((await placeIn(undefined)).api, query, signal),
    identify: async (signal) => {
      const { identityOf } = await import('./identity.ts');
      return identityOf(id, await clients.in(undefined), await clients.sts(), signal);
    },
    probeReads: (references, signal) =>
      ask(references, signal, ({ api }, asked) => probeReads(api, asked, signal)),
    probePermissions: async (signal) => probePermissions((await placeIn(undefined)).api, signal),
    close: async () => clients.close(),
  };
}

/** One region. */
interface Place {
  readonly api: SecretsApi;
  readonly read: ReadSecrets;
}
