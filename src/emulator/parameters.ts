// Parameters of a call, read as what a method needs; each function throws `ApiRefusal` for what it cannot accept.
import { ApiRefusal } from './codes.ts';
import type { StoredAccount, StoredApplication, StoredSecret } from './store.ts';
import type { EmulatorSwitches } from './switches.ts';

/** What the readers need of a call. */
export interface Reading {
  readonly parameters: ReadonlyMap<string, string>;
  readonly account: StoredAccount;
  readonly switches: EmulatorSwitches;
}

/** A parameter that must be there. It may be empty. */
export function required(reading: Reading, name: string): string {
  const text = reading.parameters.get(name);
  if (text === undefined) throw new ApiRefusal(reading.switches.missingParameterCode, name);
  return text;
}

/** A number without sign, or `undefined` when the parameter is not given. */
export function optionalNumber(reading: Reading, name: string, code = 101): number | undefined {
  const text = reading.parameters.get(name);
  return text === undefined ? undefined : parseNumber(text, name, code);
}

/** A number without sign. */
export function parseNumber(text: string, name: string, code = 101): number {
  if (!/^\d{1,15}$/.test(text)) throw new ApiRefusal(code, name);
  return Number(text);
}

/** The application that `application_id` or `application_name` names; giving both is an error. */
export function namedApplication(reading: Reading): StoredApplication {
  const { parameters, account, switches } = reading;
  const id = optionalNumber(reading, 'application_id', 116);
  const name = parameters.get('application_name');
  if (id !== undefined && name !== undefined) throw new ApiRefusal(458, 'application_name');
  if (name === '') throw new ApiRefusal(107, 'application_name');
  const field = id === undefined ? 'application_name' : 'application_id';
  if (id === undefined && name === undefined) throw new ApiRefusal(switches.missingParameterCode, field);
  const found = account.applications.find((application) =>
    id === undefined ? acceptedNames(application, switches).includes(name ?? '') : application.id === id,
  );
  if (found === undefined) throw new ApiRefusal(switches.unknownApplicationCode, field);
  return found;
}

function acceptedNames(application: StoredApplication, switches: EmulatorSwitches): readonly string[] {
  const forms = { full: [application.fullName], short: [application.name] };
  return switches.applicationNameForm === 'both'
    ? [...forms.full, ...forms.short]
    : forms[switches.applicationNameForm];
}

/** Which of `secret_id` and `secret_name` a call uses, and its text. */
export function secretKey(reading: Reading): {
  readonly field: 'secret_id' | 'secret_name';
  readonly text: string;
} {
  const id = reading.parameters.get('secret_id');
  const name = reading.parameters.get('secret_name');
  if (id !== undefined && name !== undefined && reading.switches.secretIdAndName === 'refused') {
    throw new ApiRefusal(458, 'secret_name');
  }
  if (id !== undefined) return { field: 'secret_id', text: id };
  return { field: 'secret_name', text: required(reading, 'secret_name') };
}

/** The one secret that `secret_id` or `secret_name` names. */
export function namedSecret(reading: Reading, application: StoredApplication): StoredSecret {
  const { field, text } = secretKey(reading);
  const found =
    field === 'secret_id'
      ? findById(application, parseNumber(text, field))
      : findByName(application, text, reading.switches);
  if (found === undefined) throw new ApiRefusal(reading.switches.unknownSecretCode, field);
  return found;
}

export function findById(application: StoredApplication, id: number): StoredSecret | undefined {
  return application.secrets.find((secret) => secret.id === id);
}

export function findByName(
  application: StoredApplication,
  name: string,
  switches: EmulatorSwitches,
): StoredSecret | undefined {
  const wanted = comparable(name, switches);
  return application.secrets.find((secret) => comparable(secret.name, switches) === wanted);
}

/** A name as this account compares it. */
export function comparable(name: string, switches: EmulatorSwitches): string {
  return switches.nameCase === 'insensitive' ? name.toLowerCase() : name;
}
