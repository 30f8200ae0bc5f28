// AWS Secrets Manager as a source.
import type { Source } from '../source.ts';
import { createApi } from './api.ts';
import type { AssumedRole } from './assume-role.ts';
import { createClient } from './client.ts';
import { discoverSecrets } from './discover.ts';
import { observeSecrets } from './observe.ts';
import { createReader } from './read.ts';

export interface AwsSettings {
  readonly kind: 'aws-secrets-manager';
  /** Without it, the SDK's own chain decides: AWS_REGION, then the profile. */
  readonly region?: string | undefined;
  /** Another address than that of AWS, such as `http://127.0.0.1:5000`. */
  readonly endpoint?: string | undefined;
  /** A profile of the shared AWS configuration files. */
  readonly profile?: string | undefined;
  /** Roles to assume one after the other, on top of the chain's credentials or those of `profile`. */
  readonly assumeRole?: readonly AssumedRole[] | undefined;
  /** How long one call may take, its repetitions included. 30 seconds when not given. */
  readonly timeoutMs?: number | undefined;
}

const defaultTimeoutMs = 30_000;

/** Opens the source. Nothing is asked before the first call; credentials come from the SDK's default chain, or roles. */
export function openAwsSource(id: string, settings: AwsSettings): Source {
  const timeoutMs = settings.timeoutMs ?? defaultTimeoutMs;
  const client = createClient(id, settings, timeoutMs);
  const api = createApi(id, client, timeoutMs);
  return {
    observe: (references, signal) => observeSecrets(api, references, signal),
    read: createReader(api),
    discover: (query, signal) => discoverSecrets(api, query, signal),
    close: async () => client.destroy(),
  };
}
