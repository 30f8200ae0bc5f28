// GetSecrets and GetSecretValue.
import type { MethodCall } from './method-call.ts';
import { pageOf } from './paging.ts';
import { comparable, namedApplication, namedSecret } from './parameters.ts';
import { listIn, resultIn, secretIn, type JsonObject } from './shapes.ts';

/** A page of an application's secrets, without their values. */
export function getSecrets(call: MethodCall): JsonObject {
  const { switches } = call;
  const application = namedApplication(call);
  const part = comparable(call.parameters.get('secret_name_part') ?? '', switches);
  const matching = application.secrets.filter((secret) => comparable(secret.name, switches).includes(part));
  const page = pageOf(call, matching, call.number);
  const rows = page.rows.map((secret) => {
    const { modified, ...row } = secretIn(secret, switches);
    return switches.modifiedInListing === 'omitted' ? row : { ...row, modified };
  });
  return listIn(page, rows, switches);
}

/** One secret with its value. */
export function getSecretValue(call: MethodCall): JsonObject {
  const secret = namedSecret(call, namedApplication(call));
  const fields = { ...secretIn(secret, call.switches), secret_value: secret.value };
  return resultIn(call.switches.getSecretValueResult, fields);
}
