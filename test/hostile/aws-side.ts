// AWS Secrets Manager, as moto speaks it, as the source of runs.
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { openAwsSource } from '../../src/sources/aws-secrets-manager/source.ts';
import type { MotoServer } from '../backends/start.ts';
import { objectsIn } from './document.ts';
import type { SourceSide } from './side.ts';

const region = 'eu-central-1';

/** What every run over AWS has in common, whoever answers. */
export const awsManner = {
  open: async (endpoint, patience) =>
    openAwsSource('source', {
      kind: 'aws-secrets-manager',
      region,
      endpoint,
      timeoutMs: patience === 'short' ? 1500 : 20_000,
    }),
  // That a secret is to be deleted is said by a date, whichever.
  isLie: ({ path }, value) =>
    path.at(-1) === 'DeletedDate' && value?.kind === 'raw' && Number(value.text) > 0,
  listsGone: true,
  reach: 6,
  valuesIn: function* (_request, answer) {
    for (const { Name, ARN, SecretString } of objectsIn(answer)) {
      if (typeof Name !== 'string' || typeof SecretString !== 'string') continue;
      // What calls itself by two names is not to be believed.
      if (typeof ARN !== 'string' || ARN.includes(`:secret:${Name}-`)) yield [Name, SecretString];
    }
  },
} satisfies Partial<SourceSide>;

/** Credentials come from the environment of the tests. Closing it leaves the server running. */
export function createAwsSide({ endpoint }: MotoServer): SourceSide {
  const admin = new SecretsManagerClient({ region, endpoint });
  const known = new Set<string>();
  return {
    upstream: endpoint,
    put: async (SecretId, SecretString) => {
      if (known.has(SecretId)) await admin.send(new PutSecretValueCommand({ SecretId, SecretString }));
      else await admin.send(new CreateSecretCommand({ Name: SecretId, SecretString }));
      known.add(SecretId);
    },
    // What a listing still shows, and what is gone without a trace.
    remove: async (SecretId) => {
      const isForced = !SecretId.includes('voice/');
      await admin.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: isForced }));
    },
    ...awsManner,
    close: async () => admin.destroy(),
  };
}
