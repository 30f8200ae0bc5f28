// Names, ARNs, ARNs without suffix: which of them mean the same secret.
import { expect, test } from 'vitest';
import {
  isArn,
  isFilterable,
  isSameId,
  isSameSecret,
} from '../../../src/sources/aws-secrets-manager/naming.ts';

const stem = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod/crm';
const arn = `${stem}-AbCdEf`;
const secret = { ARN: arn, Name: 'prod/crm' };

test.each([
  [arn, true],
  [stem, true],
  ['arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:a', true],
  ['arn:aws:kms:eu-central-1:123456789012:key/a', false],
  ['prod/crm', false],
])('isArn %s: %s', (text, expected) => {
  expect(isArn(text)).toBe(expected);
});

test.each([
  ['prod/crm', true],
  ['rds!cluster-1', true],
  ['!prod', false],
  ['', false],
  ['täglich', false],
  ['a'.repeat(512), true],
  ['a'.repeat(513), false],
])('isFilterable %s: %s', (text, expected) => {
  expect(isFilterable(text)).toBe(expected);
});

test.each([
  ['prod/crm', true],
  [arn, true],
  [stem, true],
  ['prod/crm-AbCdEf', false],
  ['prod/cr', false],
  ['PROD/CRM', false],
  [`${stem}-Abc`, false],
  [stem.slice(0, -1), false],
  [arn.replace('eu-central-1', 'eu-west-1'), false],
])('%s means this secret: %s', (asked, expected) => {
  expect(isSameSecret(asked, secret)).toBe(expected);
});

test.each(['prod/crm', 'prod/other', arn, stem])('%s is not what calls itself by two names', (asked) => {
  expect(isSameSecret(asked, { ARN: arn, Name: 'prod/other' })).toBe(false);
});

test.each(['', 'NaN', 'arn:aws:s3:::prod/crm'])(
  'a secret whose ARN is %j is not the one of its name',
  (ARN) => {
    expect(isSameSecret('prod/crm', { ARN, Name: 'prod/crm' })).toBe(false);
  },
);

test('nothing is the same as an answer without names', () => {
  expect(isSameSecret('prod/crm', {})).toBe(false);
  expect(isSameSecret(stem, {})).toBe(false);
});

test.each([
  ['prod/crm', 'prod/crm', true],
  ['prod/crm', arn, true],
  ['prod/crm', stem, true],
  [arn, 'prod/crm', true],
  [stem, arn, true],
  [arn, stem, true],
  ['prod/crm2', arn, false],
  ['prod/cr', arn, false],
  [arn, 'prod/crm2', false],
  [stem, `${stem}2-AbCdEf`, false],
  ['prod/crm', 'prod/crm-AbCdEf', false],
])('asked for %s, the error of %s: %s', (asked, id, expected) => {
  expect(isSameId(asked, id)).toBe(expected);
});
