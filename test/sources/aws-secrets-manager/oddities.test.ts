// Answers of the right protocol and the wrong shape: never an exception, never an absence, never a present without a version.
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openAwsSource } from '../../../src/sources/aws-secrets-manager/source.ts';
import type { Source } from '../../../src/sources/source.ts';
import { listenOnLoopback } from '../../proxy/faulty-proxy.ts';

const { signal } = new AbortController();
let server: Server;
let source: Source;
let body: unknown;

beforeAll(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'example');
  server = createServer((_request, response) => response.end(JSON.stringify(body)));
  const endpoint = await listenOnLoopback(server);
  source = openAwsSource('aws', { kind: 'aws-secrets-manager', region: 'eu-central-1', endpoint });
});

afterAll(async () => {
  await source.close();
  server.close();
  vi.unstubAllEnvs();
});

const Name = 'prod/crm';
const ARN = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod/other-AbCdEf';

test.each<[unknown]>([
  [null],
  [5],
  ['text'],
  [[]],
  [{}],
  [{ SecretList: 5 }],
  [{ SecretList: [null] }],
  [{ SecretList: [{}], SecretValues: [{}], Errors: [{}] }],
  [{ SecretList: [{ Name, SecretVersionsToStages: 5 }] }],
  [{ SecretList: [{ Name, SecretVersionsToStages: { v: null } }] }],
  [{ SecretList: [{ Name, SecretVersionsToStages: { v: 5 } }] }],
  [{ SecretList: [{ Name, Tags: [null] }] }],
  [{ SecretList: [{ Name: 5 }] }],
  [{ SecretList: [{ Name, ARN, DeletedDate: 1 }], Name, ARN, DeletedDate: 1 }],
  [{ SecretList: [{ Name, ARN, SecretVersionsToStages: { v: ['AWSCURRENT'] } }] }],
  [{ SecretList: [{ Name, Tags: 5, SecretVersionsToStages: [] }] }],
  [{ SecretList: [], Name, VersionIdsToStages: { v: null } }],
  [{ SecretList: [], Name, VersionIdsToStages: 5 }],
  [{ SecretList: [], ARN: 5, Name: 5 }],
  [{ SecretValues: 5, Errors: 5 }],
  [{ SecretValues: [null], Errors: [null] }],
  [{ SecretValues: [{ Name, VersionId: 5, SecretString: 7 }], Name, VersionId: 5, SecretString: 7 }],
  [{ SecretValues: [{ Name, VersionId: 'v', SecretString: 7 }], Name, VersionId: 'v', SecretString: 7 }],
  [{ SecretValues: [{ Name, VersionId: 'v', SecretString: {} }], Name, VersionId: 'v', SecretString: {} }],
  [{ SecretValues: [{ Name, VersionId: 'v', SecretBinary: 7 }], Name, VersionId: 'v', SecretBinary: 7 }],
  [{ SecretValues: [], Errors: [{ SecretId: Name, ErrorCode: 5 }] }],
  [{ SecretValues: [], Errors: [{ SecretId: 5, ErrorCode: 'ResourceNotFoundException' }] }],
  [{ SecretList: [], SecretValues: [], NextToken: 5 }],
  [{ SecretList: [], Name: 'other', DeletedDate: 1 }],
  [{ SecretList: [], Name, DeletedDate: 'yesterday' }],
  [{ SecretList: [], Name, DeletedDate: {} }],
  [{ SecretList: [], Name, DeletedDate: 1e308 }],
  [{ SecretList: [], Name, DeletedDate: -1 }],
  [{ SecretList: [], Name, DeletedDate: true }],
  [{ SecretList: [], Name: 'other', VersionId: 'v', SecretString: 'x' }],
])('%j', async (answer) => {
  body = answer;
  const references = [{ secret: Name }, { secret: Name, stage: 'AWSPREVIOUS' }];
  const said = [...(await source.observe(references, signal)), ...(await source.read(references, signal))];
  expect(said).toHaveLength(4);
  for (const one of said) expect(one.state).toBe('unresolved');
  const discovery = await source.discover({ prefix: '', tags: { a: 'b' } }, signal);
  const named = discovery.state === 'listed' ? [...discovery.found, ...discovery.gone] : [];
  expect(named).toEqual([]);
});
