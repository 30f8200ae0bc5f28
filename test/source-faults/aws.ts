// AWS Secrets Manager as the source under test: moto behind a proxy that misbehaves.
import { RestoreSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { startWorld, type World } from '../sources/aws-secrets-manager/setup.ts';
import type { Ground } from './scene.ts';

export interface AwsGround extends Ground {
  readonly world: World;
  /** Takes back that secrets were scheduled for deletion. */
  restore(...names: readonly string[]): Promise<unknown>;
  end(): Promise<void>;
}

export async function openAws(): Promise<AwsGround> {
  const world = await startWorld();
  const { endpoint } = world.proxy;
  const region = 'eu-central-1';
  const admin = new SecretsManagerClient({ region, endpoint });
  return {
    world,
    settings: { kind: 'aws-secrets-manager', region, endpoint, timeout: '9s' },
    lost: { endpoint: 'http://127.0.0.1:9' },
    separator: '/',
    put: (secrets) =>
      Promise.all(
        Object.entries(secrets).map(async ([name, fields]) => {
          const text = JSON.stringify(fields);
          await world.put(name, text).catch(() => world.create(name, text));
        }),
      ),
    restore: (...names) =>
      Promise.all(names.map((SecretId) => admin.send(new RestoreSecretCommand({ SecretId })))),
    end: async () => {
      admin.destroy();
      await world.end();
    },
  };
}
