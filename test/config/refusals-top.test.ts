// What is refused in owner, policy, accounts and sources: each with its exact line, column, path, reason and advice.
import { describe, expect, it } from 'vitest';
import type { Case, Changes } from './text.ts';
import { linesOf } from './text.ts';

const account = (a: string): Changes => ({ accounts: `accounts: { main: ${a} }` });
const source = (a: string): Changes => ({
  sources: `sources: { aws: { kind: aws-secrets-manager }, x: ${a} }`,
});
const vault = (a: string): Changes => source(`{ kind: vault, address: "https://v", auth: ${a} }`);
const more = (m: string): Changes => ({ more: m });

describe('the top level', () => {
  it.each<Case>([
    ['a missing owner', { owner: '' }, ['1:1: owner: is missing; add it, as text']],
    [
      'an owner that a marker cannot hold',
      { owner: 'owner: acme prod' },
      [
        '1:8: owner: is no usable owner id; use 1 to 32 letters, digits, ".", "_" and "-", starting with a letter or a digit',
      ],
    ],
    [
      'an owner that is a number',
      { owner: 'owner: 12' },
      ['1:8: owner: must be text; write one text; put it in quotes where YAML takes it for something else'],
    ],
    [
      'an owner without a value',
      { owner: 'owner:' },
      ['1:7: owner: has no value; write one, or remove the key'],
    ],
    ['a missing policy', { policy: '' }, ['1:1: policy: is missing; write sync, upsert-only or create-only']],
    [
      'an unknown policy',
      { policy: 'policy: snyc' },
      ['2:9: policy: is none of the known values; did you mean sync? (sync, upsert-only or create-only)'],
    ],
    [
      'a policy that resembles none',
      { policy: 'policy: everything' },
      ['2:9: policy: is none of the known values; write sync, upsert-only or create-only'],
    ],
    [
      'an unknown key',
      more('onConflct: skip'),
      ['6:1: onConflct: is no known key; did you mean onConflict?'],
    ],
    [
      'an unknown key that resembles none',
      more('ownership: names'),
      [
        '6:1: ownership: is no known key; known here: owner, policy, accounts, sources, mappings, onConflict, prune, guard, drift, schedule, server, log',
      ],
    ],
    [
      'a mistyped required key, told once',
      { policy: 'polciy: sync' },
      ['2:1: polciy: is no known key; did you mean policy?'],
    ],
    [
      'an unknown conflict choice',
      more('onConflict: replace'),
      ['6:13: onConflict: is none of the known values; write skip, adopt-if-equal or overwrite'],
    ],
    [
      'mappings that are no list',
      { mappings: 'mappings: {}' },
      ['5:11: mappings: must be a list; start each entry with a dash'],
    ],
  ])('%s', async (_name, changes, lines) => {
    expect(await linesOf(changes)).toEqual(lines);
  });
});
describe('accounts', () => {
  it.each<Case>([
    [
      'no account',
      { accounts: 'accounts: {}' },
      ['3:11: accounts: names no account; add at least one, with its credentials'],
    ],
    [
      'accounts that are a list',
      { accounts: 'accounts: []' },
      ['3:11: accounts: must be a mapping of ids to values; write one id: value a line'],
    ],
    [
      'an id with a space',
      { accounts: 'accounts: { "my account": { credentials: { env: C } } }' },
      [
        '3:13: accounts["my account"]: is no usable id; start with a letter, and use at most 64 letters, digits, - and _',
      ],
    ],
    [
      'no credentials',
      account('{}'),
      ['3:13: accounts.main.credentials: is missing; write { file: PATH } or { env: NAME }'],
    ],
    [
      'both places of credentials',
      account('{ credentials: { env: C, file: c } }'),
      [
        '3:34: accounts.main.credentials: needs exactly one of file and env; write { file: PATH } or { env: NAME }',
      ],
    ],
    [
      'credentials inline',
      account('{ credentials: secret }'),
      [
        '3:34: accounts.main.credentials: needs exactly one of file and env; write { file: PATH } or { env: NAME }',
      ],
    ],
    [
      'a mistyped place of credentials',
      account('{ credentials: { fiel: c } }'),
      [
        '3:34: accounts.main.credentials: needs exactly one of file and env; write { file: PATH } or { env: NAME }',
      ],
    ],
    [
      'an empty path',
      account('{ credentials: { file: "" } }'),
      ['3:42: accounts.main.credentials.file: has no value; write one, or remove the key'],
    ],
    [
      'a concurrency of 0',
      account('{ credentials: { env: C }, concurrency: 0 }'),
      ['3:59: accounts.main.concurrency: is too small; write 1 or more'],
    ],
    [
      'a concurrency of 65',
      account('{ credentials: { env: C }, concurrency: 65 }'),
      ['3:59: accounts.main.concurrency: is too large; write 64 or less'],
    ],
    [
      'half a call',
      account('{ credentials: { env: C }, concurrency: 1.5 }'),
      ['3:59: accounts.main.concurrency: must be a whole number; write a whole number, without quotes'],
    ],
    [
      'no request a second',
      account('{ credentials: { env: C }, requestsPerSecond: 0 }'),
      ['3:65: accounts.main.requestsPerSecond: is too small; write more than 0'],
    ],
    [
      'a child account that is text',
      account('{ credentials: { env: C }, childAccountId: one }'),
      ['3:62: accounts.main.childAccountId: must be a number; write a number, without quotes'],
    ],
    [
      'a child account beyond a double',
      account('{ credentials: { env: C }, childAccountId: 12345678901234567890 }'),
      ['3:62: accounts.main.childAccountId: must be a number; write a number, without quotes'],
    ],
    [
      'plain http to another machine',
      account('{ credentials: { env: C }, endpoint: "http://api.example" }'),
      [
        '3:56: accounts.main.endpoint: sends secrets over plain http; use https; plain http is for loopback addresses only',
      ],
    ],
    [
      'plain http to a name that starts like loopback',
      account('{ credentials: { env: C }, endpoint: "http://127.0.0.1.example" }'),
      [
        '3:56: accounts.main.endpoint: sends secrets over plain http; use https; plain http is for loopback addresses only',
      ],
    ],
    [
      'an endpoint without a scheme',
      account('{ credentials: { env: C }, endpoint: api.example }'),
      [
        '3:56: accounts.main.endpoint: is no http(s) address; write it in full, such as https://vault.example:8200',
      ],
    ],
    [
      'a login in the endpoint',
      account('{ credentials: { env: C }, endpoint: "https://u:p@api.example" }'),
      ['3:56: accounts.main.endpoint: carries a user or a password; take it out of the address'],
    ],
    [
      'a query in the endpoint',
      account('{ credentials: { env: C }, endpoint: "https://api.example/?a" }'),
      ['3:56: accounts.main.endpoint: carries a query or a fragment; end the address with its path'],
    ],
    [
      'a duration without a unit',
      account('{ credentials: { env: C }, timeout: 30 }'),
      ['3:55: accounts.main.timeout: is no duration; write a number and a unit, such as 30s, 15m or 2h'],
    ],
    [
      'a duration with an unknown unit',
      account('{ credentials: { env: C }, timeout: 30 sec }'),
      ['3:55: accounts.main.timeout: is no duration; write a number and a unit, such as 30s, 15m or 2h'],
    ],
    [
      'a timeout of nothing',
      account('{ credentials: { env: C }, timeout: 0s }'),
      ['3:55: accounts.main.timeout: is too short; write 1ms or longer'],
    ],
    [
      'a timeout of days',
      account('{ credentials: { env: C }, timeout: 2d }'),
      ['3:55: accounts.main.timeout: is too long; write 1d or shorter'],
    ],
  ])('%s', async (_name, changes, lines) => {
    expect(await linesOf(changes)).toEqual(lines);
  });
});
describe('sources', () => {
  it.each<Case>([
    [
      'no kind',
      source('{ path: s }'),
      ['4:48: sources.x.kind: is missing; write aws-secrets-manager, vault, file or directory'],
    ],
    [
      'a mistyped kind',
      source('{ kind: valut }'),
      [
        '4:59: sources.x.kind: is none of the known values; did you mean vault? (aws-secrets-manager, vault, file or directory)',
      ],
    ],
    [
      'a kind for tests only',
      source('{ kind: memory, secrets: {} }'),
      [
        '4:59: sources.x.kind: is none of the known values; write aws-secrets-manager, vault, file or directory',
      ],
    ],
    [
      'a source that is text',
      source('aws'),
      ['4:51: sources.x: must be a mapping of keys to values; write one key: value a line'],
    ],
    [
      'an option of another kind',
      source('{ kind: directory, path: s, format: json }'),
      ['4:79: sources.x.format: is no known key; known here: kind, path, trim'],
    ],
    [
      'an unknown format',
      source('{ kind: file, path: s, format: toml }'),
      ['4:82: sources.x.format: is none of the known values; write yaml, json or dotenv'],
    ],
    [
      'plain http to AWS',
      source('{ kind: aws-secrets-manager, endpoint: "http://aws.example" }'),
      [
        '4:90: sources.x.endpoint: sends secrets over plain http; use https; plain http is for loopback addresses only',
      ],
    ],
    [
      'plain http to Vault',
      source('{ kind: vault, address: "http://v.example", auth: { method: token, token: { env: T } } }'),
      [
        '4:75: sources.x.address: sends secrets over plain http; use https; plain http is for loopback addresses only',
      ],
    ],
    [
      'an unknown engine version',
      source(
        '{ kind: vault, address: "https://v", kvVersion: 3, auth: { method: token, token: { env: T } } }',
      ),
      ['4:99: sources.x.kvVersion: is none of the known values; write 1 or 2'],
    ],
    [
      'a redirect host with a scheme',
      source(
        '{ kind: vault, address: "https://v", redirectHosts: ["https://w"], auth: { method: token, token: { env: T } } }',
      ),
      ['4:104: sources.x.redirectHosts[0]: is no host; write it without a scheme: vault-1.internal:8200'],
    ],
    [
      'an unknown login method',
      vault('{ method: ldap }'),
      [
        '4:104: sources.x.auth.method: is none of the known values; write token, approle, kubernetes, jwt, cert, userpass or none',
      ],
    ],
    [
      'a login without a method',
      vault('{ token: { env: T } }'),
      [
        '4:88: sources.x.auth.method: is missing; write token, approle, kubernetes, jwt, cert, userpass or none',
      ],
    ],
    [
      'a token inline',
      vault('{ method: token, token: abc }'),
      [
        '4:118: sources.x.auth.token: needs exactly one of file and env; write { file: PATH } or { env: NAME }',
      ],
    ],
    [
      'an AppRole without a role',
      vault('{ method: approle, secretId: { env: S } }'),
      ['4:88: sources.x.auth.roleId: is missing; add it, as text'],
    ],
  ])('%s', async (_name, changes, lines) => {
    expect(await linesOf(changes)).toEqual(lines);
  });
});
