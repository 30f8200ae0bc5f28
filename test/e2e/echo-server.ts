// A server that answers as AWS or Vault in disarray: right up to where the values come, then broken, with the value in the breakage.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { listenOnLoopback } from '../proxy/faulty-proxy.ts';

/** The names that the fake AWS lists; reading each breaks in another way. */
export const awsNames = ['cut', 'shape', 'refused'] as const;
/** The paths that the fake Vault knows; reading each breaks in another way. */
export const vaultPaths = ['cut', 'shape', 'html'] as const;

/** Starts it; `value` is in everything that breaks. Gone at the end of the test. */
export async function startEchoServer(value: string): Promise<string> {
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request);
    const target = request.headers['x-amz-target'];
    const [status, answer] =
      typeof target === 'string'
        ? awsAnswer(target.slice(target.indexOf('.') + 1), body, value)
        : vaultAnswer(request.url ?? '', body, value);
    response.writeHead(status, { 'content-type': 'application/json' }).end(answer);
  };
  const server = createServer((request, response) => void serve(request, response));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return listenOnLoopback(server);
}

type Answer = readonly [status: number, body: string];

function awsAnswer(operation: string, body: string, value: string): Answer {
  if (operation === 'ListSecrets') {
    const SecretList = awsNames.map((Name) => ({
      Name,
      ARN: `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${Name}-AbCdEf`,
      SecretVersionsToStages: { [`version-of-${Name}-0123456789abcdef`]: ['AWSCURRENT'] },
    }));
    return [200, JSON.stringify({ SecretList })];
  }
  const error = { __type: 'AccessDeniedException', Message: `not allowed: ${value}` };
  if (operation !== 'GetSecretValue') return [400, JSON.stringify(error)];
  if (body.includes('"refused"')) {
    return [400, JSON.stringify({ __type: value.slice(0, 60), Message: `${value} ${body}` })];
  }
  const whole = JSON.stringify({ Name: 'shape', VersionId: 'v', SecretString: { value } });
  return [200, body.includes('"cut"') ? whole.slice(0, -6) : whole];
}

function vaultAnswer(url: string, body: string, value: string): Answer {
  if (url.includes('/login')) return [400, JSON.stringify({ errors: [`invalid: ${body}`] })];
  if (url.includes('/metadata/')) {
    const versions = { 1: { created_time: '2026-01-01T00:00:00Z', deletion_time: '', destroyed: false } };
    return [200, JSON.stringify({ data: { current_version: 1, versions } })];
  }
  if (url.includes('/data/html')) return [502, `<html>${value}</html>`];
  if (url.includes('/data/shape')) return [200, JSON.stringify({ data: { data: value, metadata: value } })];
  if (url.includes('/data/cut')) return [200, JSON.stringify({ data: { data: { value } } }).slice(0, -3)];
  return [404, '{"errors":[]}'];
}
