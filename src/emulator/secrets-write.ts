// AddSecret, SetSecretInfo and DelSecret. Each checks everything before it changes anything.
import { ApiRefusal } from './codes.ts';
import { wholeSecond } from './dates.ts';
import { checkName, checkValue, cutDescription } from './limits.ts';
import type { MethodCall } from './method-call.ts';
import {
  findById,
  findByName,
  namedApplication,
  namedSecret,
  parseNumber,
  required,
  secretKey,
} from './parameters.ts';
import { numberIn, resultIn, successIn, type JsonObject } from './shapes.ts';
import { addSecret as store, type StoredApplication, type StoredSecret } from './store.ts';

/** Adds a secret and tells its id. */
export function addSecret(call: MethodCall): JsonObject {
  const { switches } = call;
  const application = namedApplication(call);
  const name = required(call, 'secret_name');
  checkName(name, 'secret_name', switches);
  const value = required(call, 'secret_value');
  checkValue(value, switches);
  const description = cutDescription(call.parameters.get('description') ?? '', switches);
  const { id } = addOrOverwrite(call, application, { name, value, description });
  return resultIn(switches.addSecretResult, { secret_id: numberIn(id, switches) });
}

function addOrOverwrite(
  call: MethodCall,
  application: StoredApplication,
  contents: Pick<StoredSecret, 'name' | 'value' | 'description'>,
): StoredSecret {
  const { duplicateAdd, duplicateCode, maxSecrets, maxSecretsCode } = call.switches;
  const existing = findByName(application, contents.name, call.switches);
  const at = wholeSecond(call.now);
  if (existing !== undefined && duplicateAdd === 'refused')
    throw new ApiRefusal(duplicateCode, 'secret_name');
  if (existing !== undefined && duplicateAdd === 'overwritten') {
    return Object.assign(existing, { ...contents, modified: at });
  }
  if (maxSecrets > 0 && application.secrets.length >= maxSecrets) throw new ApiRefusal(maxSecretsCode);
  return store(call.store, application, { ...contents, at });
}

type Contents = Pick<StoredSecret, 'name' | 'value' | 'description'>;

/** Changes name, value and description in place. */
export function setSecretInfo(call: MethodCall): JsonObject {
  const { switches } = call;
  const application = namedApplication(call);
  const secret = namedSecret(call, application);
  const wanted = wantedContents(call, secret);
  const taken = findByName(application, wanted.name, switches);
  if (wanted.name !== secret.name && taken !== undefined && taken !== secret) {
    throw new ApiRefusal(switches.duplicateCode, 'new_secret_name');
  }
  applyContents(call, secret, wanted);
  return successIn(switches);
}

function wantedContents(call: MethodCall, secret: StoredSecret): Contents {
  const { parameters, switches } = call;
  const name = parameters.get('new_secret_name');
  if (name !== undefined) checkName(name, 'new_secret_name', switches);
  const value = parameters.get('secret_value');
  if (value !== undefined) checkValue(value, switches);
  const kept = switches.setSecretInfoOmitted === 'cleared' ? '' : secret.description;
  const description = cutDescription(parameters.get('description') ?? kept, switches);
  return { name: name ?? secret.name, value: value ?? secret.value, description };
}

function applyContents(call: MethodCall, secret: StoredSecret, wanted: Contents): void {
  const { setSecretInfoApplies: applies, touchModifiedOnNoop } = call.switches;
  const { name, value, description } = secret;
  if (applies === 'all') secret.name = wanted.name;
  if (applies === 'all' || applies === 'value') secret.value = wanted.value;
  if (applies === 'all' || applies === 'description') secret.description = wanted.description;
  const isChanged = secret.name !== name || secret.value !== value || secret.description !== description;
  if (isChanged || touchModifiedOnNoop) secret.modified = wholeSecond(call.now);
}

/** Deletes the secrets in a list, or all of them. */
export function delSecret(call: MethodCall): JsonObject {
  const { switches } = call;
  const application = namedApplication(call);
  const { field, text } = secretKey(call);
  const isAll = field === 'secret_id' && text === 'all';
  const found = isAll ? application.secrets : text.split(';').map((key) => lookUp(call, application, key));
  const hasUnknown = found.includes(undefined);
  if (hasUnknown && switches.deletePartialFailure === 'allOrNothing') {
    throw new ApiRefusal(switches.unknownSecretCode, field);
  }
  application.secrets = application.secrets.filter((secret) => !found.includes(secret));
  if (hasUnknown && switches.deletePartialFailure === 'partial') {
    throw new ApiRefusal(switches.unknownSecretCode, field);
  }
  return successIn(switches);
}

function lookUp(call: MethodCall, application: StoredApplication, key: string): StoredSecret | undefined {
  const { field } = secretKey(call);
  if (field === 'secret_id') return findById(application, parseNumber(key, field));
  if (key === '') throw new ApiRefusal(101, field);
  return findByName(application, key, call.switches);
}
