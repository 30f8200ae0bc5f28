// The switches: one for everything about the API that nobody has confirmed, so that a live probe changes data and no code.
import * as z from 'zod/mini';

const most = 1_000_000;
const code = whole(1, 9999);
const amount = whole(0, most);
const resultShape = z.enum(['object', 'list', 'flat']);
const lengthUnit = z.enum(['codePoints', 'utf16']);

function whole(least: number, most: number) {
  return z.int().check(z.minimum(least), z.maximum(most));
}

/** One switch: what it may be, what it is by default, and what it says. */
function preset<T extends z.ZodMiniType>(schema: T, value: z.input<T>, meaning: string) {
  return z.prefault(schema, value).check(z.describe(meaning));
}

const answers = {
  addSecretResult: preset(resultShape, 'object', 'shape of what AddSecret answers'),
  getSecretValueResult: preset(resultShape, 'object', 'shape of what GetSecretValue answers'),
  successResult: preset(
    z.enum(['number', 'string', 'boolean']),
    'number',
    'how SetSecretInfo and DelSecret say 1',
  ),
  numbersAs: preset(z.enum(['number', 'string']), 'number', 'type of ids and counts in answers'),
  emptyDescription: preset(
    z.enum(['omitted', 'empty', 'null']),
    'omitted',
    'what stands for a description that is not there',
  ),
  modifiedInListing: preset(
    z.enum(['present', 'omitted']),
    'present',
    'whether GetSecrets shows when a secret was modified',
  ),
  timezoneOffsetMinutes: preset(whole(-840, 840), 0, 'shift of all dates from UTC'),
  errorExtras: preset(
    z.enum(['none', 'field', 'list', 'both']),
    'none',
    'what an error carries besides code and msg: field_name, an errors list, or both',
  ),
  apiAddress: preset(
    z.string().check(z.maxLength(253)),
    'own',
    'api_address in GetAccountInfo: own, a host name, or nothing',
  ),
};

const listing = {
  defaultCount: preset(whole(1, most), 20, 'rows of a page when count is not given'),
  maxCount: preset(whole(1, most), 1000, 'largest page'),
  countOverMax: preset(z.enum(['capped', 'refused']), 'capped', 'what happens to a larger count'),
  order: preset(
    z.enum(['id', 'name', 'newest', 'shuffled', 'unstable']),
    'id',
    'order of a listing; shuffled is the same in every call, unstable is not',
  ),
  totalCount: preset(
    z.enum(['exact', 'page', 'short', 'long', 'omitted']),
    'exact',
    'whether total_count tells the truth, the rows of the page, one less, one more, or nothing',
  ),
};

const secrets = {
  nameCase: preset(
    z.enum(['sensitive', 'insensitive']),
    'sensitive',
    'whether names that differ only in case are different',
  ),
  duplicateAdd: preset(
    z.enum(['refused', 'overwritten', 'second']),
    'refused',
    'what AddSecret does with a name that exists',
  ),
  duplicateCode: preset(code, 493, 'code for a name that exists'),
  unknownSecretCode: preset(code, 496, 'code for a secret that does not exist'),
  invalidNameCode: preset(code, 101, 'code for a name outside the grammar'),
  tooLongCode: preset(code, 134, 'code for a value that is too long'),
  missingParameterCode: preset(code, 101, 'code for a required parameter that is missing'),
  secretIdAndName: preset(
    z.enum(['refused', 'idWins']),
    'refused',
    'what happens when secret_id and secret_name are both given',
  ),
  valueLengthUnit: preset(lengthUnit, 'codePoints', 'what the 8192 of a value count'),
  descriptionLengthUnit: preset(lengthUnit, 'codePoints', 'what the 200 of a description count'),
  emptyValue: preset(z.enum(['refused', 'accepted']), 'refused', 'what happens to an empty value'),
  deletePartialFailure: preset(
    z.enum(['allOrNothing', 'partial', 'ignored']),
    'allOrNothing',
    'DelSecret with an unknown secret in its list: nothing deleted, the others deleted, or no error',
  ),
  touchModifiedOnNoop: preset(
    z.boolean(),
    false,
    'whether modified moves when SetSecretInfo changes nothing',
  ),
  setSecretInfoApplies: preset(
    z.enum(['all', 'nothing', 'value', 'description']),
    'all',
    'what SetSecretInfo really changes, while it answers 1',
  ),
  setSecretInfoOmitted: preset(
    z.enum(['kept', 'cleared']),
    'kept',
    'what SetSecretInfo does to a description that is not given',
  ),
  maxSecrets: preset(amount, 0, 'secrets per application; 0 for no limit'),
  maxSecretsCode: preset(code, 499, 'code for one secret too many'),
};

const access = {
  unknownApplicationCode: preset(code, 558, 'code for an application that does not exist'),
  applicationNameForm: preset(
    z.enum(['both', 'full', 'short']),
    'both',
    'which form application_name takes: app.account.voximplant.com, app, or both',
  ),
  secretsRole: preset(
    z.enum(['granted', 'missing']),
    'granted',
    'whether the key has a role for the secret methods (missing: code 100)',
  ),
  accountActive: preset(z.boolean(), true, 'active in GetAccountInfo'),
  accountFrozen: preset(z.boolean(), false, 'frozen in GetAccountInfo'),
  iatToleranceSeconds: preset(whole(0, 3600), 0, 'how far in the future iat may lie'),
  callsPerSecond: preset(amount, 0, 'calls of an account in one second; 0 for no limit'),
  concurrentCalls: preset(amount, 0, 'calls of an account at once; 0 for no limit'),
  throttleCode: preset(
    code,
    340,
    'what a call over those limits gets: an error code, or 429 for the HTTP status',
  ),
};

/** All switches. Every one has a default, so `{}` is the API as it is best known. */
export const emulatorSwitchesSchema = z.strictObject({ ...answers, ...listing, ...secrets, ...access });

export type EmulatorSwitches = z.infer<typeof emulatorSwitchesSchema>;
