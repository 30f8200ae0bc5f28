// The least IAM policy for what a config asks of AWS Secrets Manager.
import type { DiscoveryQuery } from '../source.ts';
import { sorted, type Demand, type SourcePolicy } from '../policy.ts';
import { isArn } from './naming.ts';
import type { AwsSettings } from './source.ts';

/** A statement of an IAM policy, as AWS writes it. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: '*' | readonly string[];
}

const title = 'IAM policy for the identity that voxsync runs as';

const baseNotes = [
  'DescribeSecret stands on * because a secret that is gone has no ARN to grant, and a denied question proves nothing. It shows no value.',
  'AWS takes BatchGetSecretValue on * only. It gives no value of a secret on which GetSecretValue is not allowed.',
  'Secrets under a KMS key of your own need kms:Decrypt on that key as well.',
];

/** The policy of one source. Two statements are needed; one makes passes cheaper and may be left out. */
export function awsPolicy(settings: AwsSettings, { references, queries }: Demand): SourcePolicy {
  if (references.length === 0 && queries.length === 0) {
    return { title, notes: ['No mapping uses this source: it needs nothing.'] };
  }
  const isListing = queries.length > 0;
  const Statement: readonly Statement[] = [
    allow('VoxsyncLook', [...(isListing ? ['ListSecrets'] : []), 'DescribeSecret'], '*'),
    allow('VoxsyncRead', ['GetSecretValue'], resourcesOf(settings, { references, queries })),
    allow('VoxsyncCheaper', [...(isListing ? [] : ['ListSecrets']), 'BatchGetSecretValue'], '*'),
  ];
  return {
    title,
    notes: [
      ...roleNotes(settings),
      ...baseNotes,
      cheaperNote(isListing),
      ...tagNotes(queries),
      ...arnNotes(references),
    ],
    document: { Version: '2012-10-17', Statement },
  };
}

function allow(Sid: string, operations: readonly string[], Resource: Statement['Resource']): Statement {
  return { Sid, Effect: 'Allow', Action: operations.map((name) => `secretsmanager:${name}`), Resource };
}

function cheaperNote(isListing: boolean): string {
  const single = 'values are read one by one instead of twenty a call';
  const words = isListing ? single : `${single}, and secrets described one by one instead of listed`;
  return `VoxsyncCheaper may be left out: then ${words}.`;
}

/** Who assumes a role needs another policy than who reads. */
function roleNotes({ assumeRole = [] }: AwsSettings): readonly string[] {
  const last = assumeRole.at(-1);
  if (last === undefined) return [];
  const chain = assumeRole.map(({ roleArn }) => roleArn).join(', then ');
  return [
    `It belongs to the role ${last.roleArn}. Assumed are ${chain}: each identity needs sts:AssumeRole on the next role, whose trust policy names it.`,
  ];
}

function tagNotes(queries: readonly DiscoveryQuery[]): readonly string[] {
  if (queries.every(isPlain)) return [];
  return [
    'Tags, description and owning service of a discovery are not in the policy: it allows all that has the prefix. A Condition on secretsmanager:ResourceTag/KEY narrows it.',
  ];
}

function arnNotes(references: Demand['references']): readonly string[] {
  if (!references.some(({ secret }) => isArn(secret))) return [];
  return [
    'A secret of another account must allow this identity GetSecretValue and DescribeSecret in its resource policy too, and its KMS key must be one of that account: the key aws/secretsmanager cannot be shared.',
  ];
}

function isPlain({ tags, description, owningService }: DiscoveryQuery): boolean {
  return tags === undefined && description === undefined && owningService === undefined;
}

function resourcesOf({ region = '*' }: AwsSettings, { references, queries }: Demand): readonly string[] {
  const named = (name: string) => `arn:${partitionOf(region)}:secretsmanager:${region}:*:secret:${name}`;
  const prefixes = queries.map(({ prefix }) => named(literal(prefix)));
  const exact = references.flatMap(({ secret }) =>
    isArn(secret) ? arnPatterns(secret) : [`${named(literal(secret))}-??????`],
  );
  // What a shorter prefix covers need not be said again.
  const isCovered = (text: string) => prefixes.some((prefix) => text !== prefix && text.startsWith(prefix));
  return sorted([
    ...prefixes.filter((prefix) => !isCovered(prefix)).map((prefix) => `${prefix}*`),
    ...exact.filter((pattern) => !isCovered(pattern)),
  ]);
}

/** AWS puts six random characters behind the name. Six small letters may be either those or the end of a name: `prod/my-secret`. */
function arnPatterns(arn: string): readonly string[] {
  const pattern = literal(arn);
  const suffix = /-([A-Za-z0-9]{6})$/.exec(arn)?.[1];
  if (suffix === undefined) return [`${pattern}-??????`];
  return /^[a-z]+$/.test(suffix) ? [pattern, `${pattern}-??????`] : [pattern];
}

/** A text in which IAM sees no wildcard and no variable. */
function literal(text: string): string {
  return text.replaceAll(/[*?$]/g, (sign) => `\${${sign}}`);
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  if (region === '*') return '*';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
