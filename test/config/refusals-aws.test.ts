// What the config refuses of an AWS source, and how it says so.
import { describe, expect, it } from 'vitest';
import { linesOf, withDiscovery } from './text.ts';

const role = 'arn:aws:iam::123456789012:role/voxsync';
const aws = (rest: string) => ({ sources: `sources: { aws: { kind: aws-secrets-manager, ${rest} } }` });

describe('roles to assume', () => {
  it.each([
    ['one', `assumeRole: { roleArn: '${role}', externalId: an id, sessionName: a.b, duration: 12h }`],
    ['a chain', `assumeRole: [{ roleArn: '${role}', duration: 12h }, { roleArn: '${role}', duration: 1h }]`],
  ])('%s is taken', async (_, text) => {
    expect(await linesOf(aws(text))).toEqual([]);
  });

  it.each([
    [
      'an ARN of something else',
      `assumeRole: { roleArn: 'arn:aws:iam::123456789012:user/x' }`,
      '4:69: sources.aws.assumeRole.roleArn: is no ARN of a role; write one such as arn:aws:iam::123456789012:role/voxsync',
    ],
    [
      'no ARN',
      'assumeRole: { externalId: x }',
      '4:46: sources.aws.assumeRole.roleArn: is missing; add it, as text',
    ],
    [
      'a session name with a space',
      `assumeRole: { roleArn: '${role}', sessionName: a b }`,
      '4:124: sources.aws.assumeRole.sessionName: is no session name; use 2 to 64 letters, digits and _+=,.@-',
    ],
    [
      'a session that is too short',
      `assumeRole: { roleArn: '${role}', duration: 5m }`,
      '4:121: sources.aws.assumeRole.duration: is too short; write 15m or longer',
    ],
    [
      'a session that is too long',
      `assumeRole: { roleArn: '${role}', duration: 13h }`,
      '4:121: sources.aws.assumeRole.duration: is too long; write 12h or shorter',
    ],
    [
      'a chained role for hours',
      `assumeRole: [{ roleArn: '${role}' }, { roleArn: '${role}', duration: 2h }]`,
      '4:58: sources.aws.assumeRole: holds a chained role for more than an hour; AWS grants an hour at most from the second role on: shorten its duration',
    ],
    [
      'an empty chain',
      'assumeRole: []',
      '4:58: sources.aws.assumeRole: is empty; add an entry, or remove the key',
    ],
    [
      'a role as text',
      `assumeRole: '${role}'`,
      '4:58: sources.aws.assumeRole: is no role; write { roleArn: ARN }, or a list of these to assume one after the other',
    ],
    [
      'a mistyped key',
      `assumeRole: { roleArn: '${role}', externalID: x }`,
      '4:111: sources.aws.assumeRole.externalID: is no known key; did you mean externalId?',
    ],
  ])('%s is refused', async (_, text, line) => {
    expect(await linesOf(aws(text))).toEqual([line]);
  });
});

describe('an endpoint beside those of AWS', () => {
  it.each(['useFipsEndpoint: true', 'useDualstackEndpoint: false'])('%s', async (option) => {
    expect(await linesOf(aws(option))).toEqual([]);
    expect(await linesOf(aws(`${option}, endpoint: 'https://secrets.example'`))).toEqual([
      '4:17: sources.aws: gives an endpoint of its own, and which of those of AWS to use; remove endpoint, or useFipsEndpoint and useDualstackEndpoint',
    ]);
  });
});

describe('what only AWS can select by', () => {
  it.each(['description: Voice', 'owningService: rds'])('%s', async (option) => {
    const from = (source: string) => withDiscovery(`{ name: n, from: { source: ${source}, ${option} } }`);
    expect(await linesOf(from('aws'))).toEqual([]);
    const key = option.split(':')[0];
    for (const source of ['local', 'vault'])
      expect(await linesOf(from(source))).toEqual([
        `5:${72 + source.length}: mappings[0].discover[0].from.${key}: works with sources of kind aws-secrets-manager only; remove it, or refer to such a source`,
      ]);
  });
});
