// As much of AWS Secrets Manager as a source asks of it, in this process: for machines without moto.
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { listenOnLoopback } from '../proxy/faulty-proxy.ts';
import { awsManner } from './aws-side.ts';
import type { SourceSide } from './side.ts';

interface Stored {
  readonly ARN: string;
  readonly Name: string;
  VersionId: string;
  SecretString: string;
  DeletedDate?: number;
}

interface Question {
  readonly SecretId?: string;
  readonly SecretIdList?: readonly string[];
  readonly IncludePlannedDeletion?: boolean;
  readonly Filters?: readonly { readonly Key: string; readonly Values: readonly string[] }[];
}

type Answer = readonly [status: number, body: object];

const notFound: Answer = [400, { __type: 'ResourceNotFoundException', message: 'none of this name' }];

export async function createSmallAwsSide(): Promise<SourceSide> {
  const secrets = new Map<string, Stored>();
  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const operation = String(incoming.headers['x-amz-target']).split('.')[1] ?? '';
    const [status, body] = answerTo(secrets, operation, JSON.parse(await text(incoming)));
    outgoing.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
  };
  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing));
  const upstream = await listenOnLoopback(server);
  return {
    upstream,
    ...awsManner,
    put: async (Name, SecretString) => {
      const ARN = `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${Name}-AbCdEf`;
      secrets.set(Name, { ARN, Name, VersionId: randomUUID(), SecretString });
    },
    remove: async (name) => {
      const secret = secrets.get(name);
      if (secret !== undefined && name.includes('voice/')) secret.DeletedDate = 1_900_000_000;
      else secrets.delete(name);
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function answerTo(secrets: ReadonlyMap<string, Stored>, operation: string, question: Question): Answer {
  if (operation === 'ListSecrets') return [200, { SecretList: listed([...secrets.values()], question) }];
  if (operation === 'BatchGetSecretValue') {
    const ids = question.SecretIdList ?? [];
    const found = ids
      .flatMap((id) => secrets.get(id) ?? [])
      .filter(({ DeletedDate }) => DeletedDate === undefined);
    const missing = ids.filter((id) => !found.some(({ Name }) => Name === id));
    const Errors = missing.map((SecretId) => ({ SecretId, ErrorCode: 'ResourceNotFoundException' }));
    return [200, { SecretValues: found.map(valued), Errors }];
  }
  const secret = secrets.get(question.SecretId ?? '');
  if (secret === undefined) return notFound;
  if (operation === 'DescribeSecret') {
    return [200, { ...described(secret), VersionIdsToStages: { [secret.VersionId]: ['AWSCURRENT'] } }];
  }
  return secret.DeletedDate === undefined
    ? [200, valued(secret)]
    : [400, { __type: 'InvalidRequestException', message: 'marked for deletion' }];
}

function listed(
  all: readonly Stored[],
  { Filters = [], IncludePlannedDeletion = false }: Question,
): readonly object[] {
  const prefixes = Filters.find(({ Key }) => Key === 'name')?.Values ?? [''];
  return all
    .filter(({ Name }) => prefixes.some((prefix) => Name.startsWith(prefix)))
    .filter(({ DeletedDate }) => IncludePlannedDeletion || DeletedDate === undefined)
    .map((one) =>
      Object.assign(described(one), { SecretVersionsToStages: { [one.VersionId]: ['AWSCURRENT'] } }),
    );
}

function described({ ARN, Name, DeletedDate }: Stored): object {
  return { ARN, Name, ...(DeletedDate !== undefined && { DeletedDate }) };
}

function valued({ ARN, Name, VersionId, SecretString }: Stored): object {
  return { ARN, Name, VersionId, SecretString, VersionStages: ['AWSCURRENT'] };
}
