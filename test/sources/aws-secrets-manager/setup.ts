// What the tests of the AWS source stand on: moto behind the faulty proxy, an administrator's client, and the source.
import type { Tag } from '@aws-sdk/client-secrets-manager';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import PQueue from 'p-queue';
import { vi } from 'vitest';
import type { AwsSettings } from '../../../src/sources/aws-secrets-manager/source.ts';
import { openAwsSource } from '../../../src/sources/aws-secrets-manager/source.ts';
import type { Reading, Source } from '../../../src/sources/source.ts';
import { startMoto } from '../../backends/start.ts';
import type { FaultyProxy } from '../../proxy/faulty-proxy.ts';
import { startFaultyProxy } from '../../proxy/faulty-proxy.ts';

/** A secret as the administrator made it. */
export interface Made {
  readonly arn: string;
  readonly version: string;
}

export interface World {
  readonly proxy: FaultyProxy;
  /** A source of the id `aws`; closed by `end`. */
  open(settings?: Partial<AwsSettings>): Source;
  create(
    name: string,
    value?: string | Uint8Array,
    tags?: Record<string, string>,
    description?: string,
  ): Promise<Made>;
  /** Creates a secret in another region or account, with replicas in further regions. */
  createElsewhere(place: Place, name: string, value: string): Promise<Made>;
  /** Creates many, each with its name as its value. */
  createAll(names: readonly string[], tags?: Record<string, string>): Promise<readonly Made[]>;
  /** Stores a new value, and tells its version. */
  put(name: string, value: string, stages?: string[]): Promise<string>;
  /** Schedules for deletion, or deletes at once, in another account where one is named. */
  remove(name: string, isForced?: boolean, account?: string): Promise<void>;
  /** Empties moto and the proxy's journal, and removes its matcher. */
  reset(): Promise<void>;
  end(): Promise<void>;
}

export interface Place {
  readonly region?: string;
  readonly account?: string;
  readonly replicas?: readonly string[];
}

const region = 'eu-central-1';

/** Starts everything; the credentials of the source come from the environment, as the SDK's chain reads them. */
export async function startWorld(): Promise<World> {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'example');
  vi.stubEnv('AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED', 'true');
  const moto = await startMoto();
  const proxy = await startFaultyProxy(moto.endpoint);
  const admin = new SecretsManagerClient({ region, endpoint: moto.endpoint });
  const opened: Source[] = [];

  const create: World['create'] = async (name, value, tags = {}, description) => {
    const Tags: Tag[] = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    const content = typeof value === 'string' ? { SecretString: value } : { SecretBinary: value };
    const { ARN, VersionId } = await admin.send(
      new CreateSecretCommand({
        Name: name,
        Tags,
        Description: description,
        ...(value === undefined ? {} : content),
      }),
    );
    return { arn: ARN ?? '', version: VersionId ?? '' };
  };

  return {
    proxy,
    create,
    createElsewhere: (place, name, value) => createElsewhere(moto.endpoint, place, name, value),
    open: (settings = {}) => {
      const source = openAwsSource('aws', {
        kind: 'aws-secrets-manager',
        region,
        endpoint: proxy.endpoint,
        ...settings,
      });
      opened.push(source);
      return source;
    },
    createAll: async (names, tags) => {
      const queue = new PQueue({ concurrency: 8 });
      return await Promise.all(names.map((name) => queue.add(() => create(name, name, tags))));
    },
    put: async (name, value, stages) => {
      const input = { SecretId: name, SecretString: value, VersionStages: stages };
      return (await admin.send(new PutSecretValueCommand(input))).VersionId ?? '';
    },
    remove: async (name, isForced = false, account) => {
      const there = account === undefined ? admin : await administratorIn({ account }, moto.endpoint);
      await there.send(new DeleteSecretCommand({ SecretId: name, ForceDeleteWithoutRecovery: isForced }));
    },
    reset: async () => {
      await moto.reset();
      proxy.forget();
    },
    end: async () => {
      await Promise.all(opened.map((source) => source.close()));
      admin.destroy();
      await proxy.close();
      await moto.stop();
      vi.unstubAllEnvs();
    },
  };
}

async function createElsewhere(
  endpoint: string,
  place: Place,
  Name: string,
  SecretString: string,
): Promise<Made> {
  const admin = await administratorIn(place, endpoint);
  const AddReplicaRegions = (place.replicas ?? []).map((Region) => ({ Region }));
  const { ARN = '', VersionId = '' } = await admin.send(
    new CreateSecretCommand({ Name, SecretString, AddReplicaRegions }),
  );
  return { arn: ARN, version: VersionId };
}

/** To moto, an account is whatever the role is of that was assumed. */
async function administratorIn(place: Place, endpoint: string): Promise<SecretsManagerClient> {
  const where = { region: place.region ?? region, endpoint };
  if (place.account === undefined) return new SecretsManagerClient(where);
  const RoleArn = `arn:aws:iam::${place.account}:role/administrator`;
  const { Credentials } = await new STSClient(where).send(
    new AssumeRoleCommand({ RoleArn, RoleSessionName: 'test' }),
  );
  const credentials = {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
  return new SecretsManagerClient({ ...where, credentials });
}

/** A signal that nothing aborts. */
export const never = new AbortController().signal;

/** The states of what a source said, with error codes in the place of `unresolved`. */
export function states(list: readonly (Reading | { state: string })[]): readonly string[] {
  return list.map((one) => ('error' in one ? one.error.code : one.state));
}

/** What was read, for a test to compare. */
export function textOf(reading: Reading | undefined): string {
  return reading?.state === 'present' ? reading.content.box.reveal() : `${reading?.state}`;
}

/** `count` names: `PREFIX000`, `PREFIX001`, … */
export function namesOf(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${String(index).padStart(3, '0')}`);
}
