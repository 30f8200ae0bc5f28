// From what zod found to problems for people: each with its place, a reason that quotes no value, and what to do.
import * as z from 'zod/mini';
import { closestBranch } from './branch.ts';
import type { Flaw } from './flaw.ts';
import { parseMessage } from './flaw.ts';
import { nearest } from './nearest.ts';
import type { Places } from './places.ts';
import type { Path } from './problem.ts';
import { replaceAt, valueAt } from './tree.ts';

type Issue = z.core.$ZodIssue;

/** An error map for zod: what it says of an unknown key are the known ones, which an issue does not carry otherwise. */
export function tellKnownKeys(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code !== 'unrecognized_keys' || !(issue.inst instanceof z.ZodMiniObject)) return undefined;
  return Object.keys(issue.inst.shape).join(' ');
}

/** Notes every issue in the places. */
export function explainIssues(issues: readonly Issue[], places: Places): void {
  const told = issues.flatMap((issue) => flatten(issue, [], places));
  const mistyped = new Set<string>();
  for (const { issue, path } of told)
    if (issue.code === 'unrecognized_keys')
      for (const suggestion of refuseKeys(issue, path, places)) mistyped.add(suggestion);
  for (const { issue, path } of told)
    if (issue.code !== 'unrecognized_keys' && !mistyped.has(JSON.stringify(path)))
      places.refuse(path, flawOf(issue, path, places), issue.code === 'invalid_key' ? 'key' : 'value');
}

/** The tree, with text from the environment as a number wherever an issue asks for one. */
export function fillInNumbers(tree: unknown, issues: readonly Issue[], places: Places): unknown {
  return issues
    .flatMap((issue) => flatten(issue, [], places))
    .filter(({ issue, path }) => asksForNumber(issue) && places.get(path)?.isFilledIn === true)
    .reduce((changed, { path }) => replaceAt(changed, path, numberAt(changed, path)), tree);
}

function asksForNumber(issue: Issue): boolean {
  if (issue.code === 'invalid_value') return issue.values.some((value) => typeof value === 'number');
  return issue.code === 'invalid_type' && ['number', 'int'].includes(issue.expected);
}

function numberAt(tree: unknown, path: Path): unknown {
  const text = valueAt(tree, path);
  return typeof text === 'string' && /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text;
}

interface Located {
  readonly issue: Issue;
  readonly path: Path;
}

/** An issue with its full path; that of a union becomes those of the branch that was meant. */
function flatten(issue: Issue, parent: Path, places: Places): readonly Located[] {
  const path = [...parent, ...issue.path];
  if (issue.code !== 'invalid_union' || places.get(path) === undefined) return [{ issue, path }];
  const branch = closestBranch(issue.errors, (part) => places.get([...path, ...part]) !== undefined);
  return branch?.flatMap((inner) => flatten(inner, path, places)) ?? [{ issue, path }];
}

/** Notes unknown keys; returns the paths of the keys that they were probably meant to be. */
function refuseKeys(issue: z.core.$ZodIssueUnrecognizedKeys, path: Path, places: Places): readonly string[] {
  const known = issue.message.split(' ');
  return issue.keys.flatMap((key) => {
    const free = known.filter((name) => places.get([...path, name]) === undefined);
    const meant = nearest(key, free);
    const hint = meant === undefined ? `known here: ${known.join(', ')}` : `did you mean ${meant}?`;
    places.refuse([...path, key], { reason: 'is no known key', hint }, 'key');
    return meant === undefined ? [] : [JSON.stringify([...path, meant])];
  });
}

function flawOf(issue: Issue, path: Path, places: Places): Flaw {
  const place = places.get(path);
  const flaw = presentFlaw(issue, place?.raw);
  if (path.length > 0 && issue.code !== 'custom' && nothing.has(place?.raw)) return noValue;
  if (path.length === 0 || place !== undefined) return flaw;
  const kind =
    issue.code === 'invalid_type' && !isOurs(issue.message) ? (nouns[issue.expected] ?? 'text') : undefined;
  return { reason: 'is missing', hint: kind === undefined ? flaw.hint : `add it, as ${kind}` };
}

/** What YAML reads as nothing. */
const nothing: ReadonlySet<string | undefined> = new Set(['', '~', 'null', 'Null', 'NULL']);
const noValue: Flaw = { reason: 'has no value', hint: 'write one, or remove the key' };

const nouns: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  object: 'a mapping',
  record: 'a mapping of ids to values',
  array: 'a list',
};

function presentFlaw(issue: Issue, raw: string | undefined): Flaw {
  if (isOurs(issue.message)) return parseMessage(issue.message);
  if (issue.code === 'custom') return { reason: issue.message, hint: String(issue.params?.['hint']) };
  if (issue.code === 'invalid_type') return kinds[issue.expected] ?? unknownFlaw;
  if (issue.code === 'invalid_value') return choiceFlaw(issue.values.map(String), raw);
  if (issue.code === 'invalid_union') return choiceFlaw(optionsOf(issue), raw);
  if (issue.code === 'too_small') return tooSmall(issue);
  if (issue.code === 'too_big') return { reason: 'is too large', hint: `write ${issue.maximum} or less` };
  const keyIssue = issue.code === 'invalid_key' ? issue.issues[0] : undefined;
  return keyIssue === undefined ? unknownFlaw : presentFlaw(keyIssue, undefined);
}

/** Messages of zod itself are one sentence; those that schemas carry have two halves. */
function isOurs(message: string): boolean {
  return message.includes('; ');
}

const unknownFlaw: Flaw = { reason: 'is not valid', hint: 'see the reference of the config in the README' };

const kinds: Readonly<Record<string, Flaw>> = {
  string: {
    reason: 'must be text',
    hint: 'write one text; put it in quotes where YAML takes it for something else',
  },
  number: { reason: 'must be a number', hint: 'write a number, without quotes' },
  int: { reason: 'must be a whole number', hint: 'write a whole number, without quotes' },
  object: { reason: 'must be a mapping of keys to values', hint: 'write one key: value a line' },
  record: { reason: 'must be a mapping of ids to values', hint: 'write one id: value a line' },
  array: { reason: 'must be a list', hint: 'start each entry with a dash' },
};

function choiceFlaw(choices: readonly string[], raw: string | undefined): Flaw {
  const meant = raw === undefined ? undefined : nearest(raw, choices);
  const last = choices.at(-1) ?? '';
  const listed = choices.length > 1 ? `${choices.slice(0, -1).join(', ')} or ${last}` : last;
  return {
    reason: 'is none of the known values',
    hint: meant === undefined ? `write ${listed}` : `did you mean ${meant}? (${listed})`,
  };
}

function optionsOf(issue: z.core.$ZodIssueInvalidUnion): readonly string[] {
  return 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
}

function tooSmall({ origin, minimum, inclusive }: z.core.$ZodIssueTooSmall): Flaw {
  if (origin === 'string') return { reason: 'is empty', hint: 'write a text' };
  if (origin === 'array') return { reason: 'is empty', hint: 'add an entry, or remove the key' };
  return {
    reason: 'is too small',
    hint: inclusive === false ? `write more than ${minimum}` : `write ${minimum} or more`,
  };
}
