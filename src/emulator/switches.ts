// The switches: one for everything about the API that nobody has confirmed, so that a live probe changes data and no code.
import * as z from 'zod';

const code = z.int().min(1).max(9999);
const amount = z.int().min(0).max(1_000_000);
const resultShape = z.enum(['object', 'list', 'flat']);
const lengthUnit = z.enum(['codePoints', 'utf16']);

const answers = {
  addSecretResult: resultShape.default('object').describe('shape of what AddSecret answers'),
  getSecretValueResult: resultShape.default('object').describe('shape of what GetSecretValue answers'),
  successResult: z
    .enum(['number', 'string', 'boolean'])
    .default('number')
    .describe('how SetSecretInfo and DelSecret say 1'),
  numbersAs: z.enum(['number', 'string']).default('number').describe('type of ids and counts in answers'),
  emptyDescription: z
    .enum(['omitted', 'empty', 'null'])
    .default('omitted')
    .describe('what stands for a description that is not there'),
  modifiedInListing: z
    .enum(['present', 'omitted'])
    .default('present')
    .describe('whether GetSecrets shows when a secret was modified'),
  timezoneOffsetMinutes: z.int().min(-840).max(840).default(0).describe('shift of all dates from UTC'),
  errorExtras: z
    .enum(['none', 'field', 'list', 'both'])
    .default('none')
    .describe('what an error carries besides code and msg: field_name, an errors list, or both'),
  apiAddress: z
    .string()
    .max(253)
    .default('own')
    .describe('api_address in GetAccountInfo: own, a host name, or nothing'),
};

const listing = {
  defaultCount: amount.min(1).default(20).describe('rows of a page when count is not given'),
  maxCount: amount.min(1).default(1000).describe('largest page'),
  countOverMax: z.enum(['capped', 'refused']).default('capped').describe('what happens to a larger count'),
  order: z
    .enum(['id', 'name', 'newest', 'shuffled', 'unstable'])
    .default('id')
    .describe('order of a listing; shuffled is the same in every call, unstable is not'),
  totalCount: z
    .enum(['exact', 'page', 'short', 'long', 'omitted'])
    .default('exact')
    .describe('whether total_count tells the truth, the rows of the page, one less, one more, or nothing'),
};

const secrets = {
  nameCase: z
    .enum(['sensitive', 'insensitive'])
    .default('sensitive')
    .describe('whether names that differ only in case are different'),
  duplicateAdd: z
    .enum(['refused', 'overwritten', 'second'])
    .default('refused')
    .describe('what AddSecret does with a name that exists'),
  duplicateCode: code.default(493).describe('code for a name that exists'),
  unknownSecretCode: code.default(496).describe('code for a secret that does not exist'),
  invalidNameCode: code.default(101).describe('code for a name outside the grammar'),
  tooLongCode: code.default(134).describe('code for a value that is too long'),
  missingParameterCode: code.default(101).describe('code for a required parameter that is missing'),
  secretIdAndName: z
    .enum(['refused', 'idWins'])
    .default('refused')
    .describe('what happens when secret_id and secret_name are both given'),
  valueLengthUnit: lengthUnit.default('codePoints').describe('what the 8192 of a value count'),
  descriptionLengthUnit: lengthUnit.default('codePoints').describe('what the 200 of a description count'),
  emptyValue: z.enum(['refused', 'accepted']).default('refused').describe('what happens to an empty value'),
  deletePartialFailure: z
    .enum(['allOrNothing', 'partial', 'ignored'])
    .default('allOrNothing')
    .describe(
      'DelSecret with an unknown secret in its list: nothing deleted, the others deleted, or no error',
    ),
  touchModifiedOnNoop: z
    .boolean()
    .default(false)
    .describe('whether modified moves when SetSecretInfo changes nothing'),
  setSecretInfoApplies: z
    .enum(['all', 'nothing', 'value', 'description'])
    .default('all')
    .describe('what SetSecretInfo really changes, while it answers 1'),
  setSecretInfoOmitted: z
    .enum(['kept', 'cleared'])
    .default('kept')
    .describe('what SetSecretInfo does to a description that is not given'),
  maxSecrets: amount.default(0).describe('secrets per application; 0 for no limit'),
  maxSecretsCode: code.default(499).describe('code for one secret too many'),
};

const access = {
  unknownApplicationCode: code.default(558).describe('code for an application that does not exist'),
  applicationNameForm: z
    .enum(['both', 'full', 'short'])
    .default('both')
    .describe('which form application_name takes: app.account.voximplant.com, app, or both'),
  secretsRole: z
    .enum(['granted', 'missing'])
    .default('granted')
    .describe('whether the key has a role for the secret methods (missing: code 100)'),
  accountActive: z.boolean().default(true).describe('active in GetAccountInfo'),
  accountFrozen: z.boolean().default(false).describe('frozen in GetAccountInfo'),
  iatToleranceSeconds: z.int().min(0).max(3600).default(0).describe('how far in the future iat may lie'),
  callsPerSecond: amount.default(0).describe('calls of an account in one second; 0 for no limit'),
  concurrentCalls: amount.default(0).describe('calls of an account at once; 0 for no limit'),
  throttleCode: code
    .default(340)
    .describe('what a call over those limits gets: an error code, or 429 for the HTTP status'),
};

/** All switches. Every one has a default, so `{}` is the API as it is best known. */
export const emulatorSwitchesSchema = z.strictObject({ ...answers, ...listing, ...secrets, ...access });

export type EmulatorSwitches = z.infer<typeof emulatorSwitchesSchema>;
