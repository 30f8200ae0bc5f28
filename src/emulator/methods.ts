// The methods of the API by name, and what each is given.
import { getAccountInfo, getApplications } from './account-methods.ts';
import { ApiRefusal } from './codes.ts';
import type { MethodCall } from './method-call.ts';
import { getSecrets, getSecretValue } from './secrets-read.ts';
import { addSecret, delSecret, setSecretInfo } from './secrets-write.ts';
import type { JsonObject } from './shapes.ts';

interface Method {
  readonly run: (call: MethodCall) => JsonObject;
  /** Whether the key needs a role that may touch secrets. */
  readonly needsSecretsRole: boolean;
}

const methods: ReadonlyMap<string, Method> = new Map([
  ['GetSecrets', { run: getSecrets, needsSecretsRole: true }],
  ['GetSecretValue', { run: getSecretValue, needsSecretsRole: true }],
  ['AddSecret', { run: addSecret, needsSecretsRole: true }],
  ['SetSecretInfo', { run: setSecretInfo, needsSecretsRole: true }],
  ['DelSecret', { run: delSecret, needsSecretsRole: true }],
  ['GetApplications', { run: getApplications, needsSecretsRole: false }],
  ['GetAccountInfo', { run: getAccountInfo, needsSecretsRole: false }],
]);

/** The method of this name, in exactly this spelling. Throws `ApiRefusal` 102 or 103. */
export function methodNamed(name: string): Method {
  if (name === '') throw new ApiRefusal(102, 'cmd');
  const method = methods.get(name);
  if (method === undefined) throw new ApiRefusal(103, 'cmd');
  return method;
}

/** Runs a method; changes are made when it returns, and none when it throws, but for a partial delete. */
export function runMethod(method: Method, call: MethodCall): JsonObject {
  if (method.needsSecretsRole && call.switches.secretsRole === 'missing') throw new ApiRefusal(100);
  return method.run(call);
}
