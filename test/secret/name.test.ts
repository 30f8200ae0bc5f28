import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSecretName, nameProblem, upperSnakeCase } from '../../src/secret/name.ts';

describe('names', () => {
  it.each([
    ['crm/apiKey', 'CRM_API_KEY'],
    ['prod/voice/SIP-Trunk_token', 'PROD_VOICE_SIP_TRUNK_TOKEN'],
    ['HTTPServerURL', 'HTTP_SERVER_URL'],
    ['über straße', 'UBER_STRA_E'],
    ['__x__', 'X'],
    ['--/x_-', 'X'],
    ['_', ''],
    ['v2Token', 'V2_TOKEN'],
    ['s3AccessKeyID2', 'S3_ACCESS_KEY_ID2'],
    ['oauth22Id', 'OAUTH22_ID'],
    ['crm--api..key', 'CRM_API_KEY'],
    ['naïve Ångström ﬁx', 'NAIVE_ANGSTROM_FIX'],
    ['ключ', ''],
    ['', ''],
  ])('%j becomes %j', (text, name) => {
    expect(upperSnakeCase(text)).toBe(name);
  });

  it.each([
    ['', 'is empty'],
    ['1A', 'must start with a letter'],
    ['_A', 'must start with a letter'],
    ['-A', 'must start with a letter'],
    ['A-', 'may hold only letters, digits and underscores'],
    ['A\n', 'may hold only letters, digits and underscores'],
    ['A-B', 'may hold only letters, digits and underscores'],
    ['A'.repeat(65), 'has 65 characters, 64 are allowed'],
    ['A'.repeat(64), undefined],
    ['1'.repeat(64), 'must start with a letter'],
    ['1'.repeat(65), 'has 65 characters, 64 are allowed'],
    ['a_1', undefined],
    ['Z', undefined],
    ['AZaz09_', undefined],
  ])('%j: %s', (name, problem) => {
    expect(nameProblem(name)).toBe(problem);
  });

  it('that are upper snake case stay as they are', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const name = upperSnakeCase(text);
        expect(upperSnakeCase(name)).toBe(name);
        expect(isSecretName(name)).toBe(nameProblem(name) === undefined);
      }),
    );
  });
});
