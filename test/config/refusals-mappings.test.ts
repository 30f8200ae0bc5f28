// What is refused in mappings: each with its exact line, column, path, reason and advice.
import { describe, expect, it } from 'vitest';
import type { Case, Changes } from './text.ts';
import { linesOf, withSecret, withDiscovery } from './text.ts';

const from = (f: string): Changes => withSecret(`{ name: KEY, from: ${f} }`);

describe('mappings', () => {
  it.each<Case>([
    [
      'a mapping of nothing',
      { mappings: 'mappings: [{ application: ivr }]' },
      ['5:12: mappings[0]: maps nothing; add secrets or discover; `secrets: []` says that nothing is wanted'],
    ],
    [
      'no application',
      { mappings: 'mappings: [{ secrets: [{ name: KEY, from: { source: aws, secret: s } }] }]' },
      ['5:12: mappings[0].application: is missing; write a name, a glob or { id: 123 }, or a list of these'],
    ],
    [
      'an application that is a number',
      {
        mappings:
          'mappings: [{ application: 3, secrets: [{ name: KEY, from: { source: aws, secret: s } }] }]',
      },
      [
        '5:27: mappings[0].application: is no application; write a name, a glob or { id: 123 }, or a list of these',
      ],
    ],
    [
      'an application of no id',
      {
        mappings:
          'mappings: [{ application: { name: a }, secrets: [{ name: KEY, from: { source: aws, secret: s } }] }]',
      },
      [
        '5:14: mappings[0].application.id: is missing; add it, as a number',
        '5:29: mappings[0].application.name: is no known key; known here: id',
      ],
    ],
    [
      'an empty list of applications',
      {
        mappings:
          'mappings: [{ application: [], secrets: [{ name: KEY, from: { source: aws, secret: s } }] }]',
      },
      ['5:27: mappings[0].application: is empty; add an entry, or remove the key'],
    ],
    [
      'a glob that stays open',
      {
        mappings:
          'mappings: [{ application: "ivr[a", secrets: [{ name: KEY, from: { source: aws, secret: s } }] }]',
      },
      ['5:27: mappings[0].application: has an open [ or {; close it, or write \\[ or \\{'],
    ],
    [
      'an unknown account',
      {
        mappings:
          'mappings: [{ application: ivr, account: mian, secrets: [{ name: KEY, from: { source: aws, secret: s } }] }]',
      },
      ['5:41: mappings[0].account: names no account of this config; did you mean main?'],
    ],
    [
      'no account where there are two',
      { accounts: 'accounts: { a: { credentials: { env: A } }, b: { credentials: { env: B } } }' },
      ['5:12: mappings[0].account: is missing; write one of a, b'],
    ],
    [
      'a name that starts with a digit',
      withSecret('{ name: 1KEY, from: { source: aws, secret: s } }'),
      ['5:50: mappings[0].secrets[0].name: must start with a letter; write a name such as CRM_API_KEY'],
    ],
    [
      'a name with a hyphen',
      withSecret('{ name: MY-KEY, from: { source: aws, secret: s } }'),
      [
        '5:50: mappings[0].secrets[0].name: may hold only letters, digits and underscores; write a name such as CRM_API_KEY',
      ],
    ],
    [
      'a name of 65 characters',
      withSecret(`{ name: ${'K'.repeat(65)}, from: { source: aws, secret: s } }`),
      [
        '5:50: mappings[0].secrets[0].name: has 65 characters, 64 are allowed; write a name such as CRM_API_KEY',
      ],
    ],
    [
      'an empty name',
      withSecret('{ name: "", from: { source: aws, secret: s } }'),
      ['5:50: mappings[0].secrets[0].name: is empty; write a name such as CRM_API_KEY'],
    ],
    [
      'a mistyped name',
      withSecret('{ nmae: KEY, from: { source: aws, secret: s } }'),
      ['5:44: mappings[0].secrets[0].nmae: is no known key; did you mean name?'],
    ],
    [
      'a value inline',
      withSecret('{ name: KEY, value: v, from: { source: aws, secret: s } }'),
      ['5:55: mappings[0].secrets[0].value: is no known key; known here: name, from, template, description'],
    ],
    [
      'no origin',
      withSecret('{ name: KEY }'),
      [
        '5:42: mappings[0].secrets[0].from: is missing; write { source: ID, secret: NAME }, or several of them by variable of the template',
      ],
    ],
    [
      'an origin that is text',
      from('aws'),
      [
        '5:61: mappings[0].secrets[0].from: is no reference; write { source: ID, secret: NAME }, or several of them by variable of the template',
      ],
    ],
    [
      'an empty origin',
      from('{}'),
      ['5:61: mappings[0].secrets[0].from: names no source; write { source: ID, secret: NAME }'],
    ],
    [
      'a reference without a secret',
      from('{ source: aws }'),
      ['5:55: mappings[0].secrets[0].from.secret: is missing; add it, as text'],
    ],
    [
      'a mistyped part of a reference',
      from('{ source: aws, secert: s }'),
      ['5:76: mappings[0].secrets[0].from.secert: is no known key; did you mean secret?'],
    ],
    [
      'a mistyped part of a named reference',
      withSecret('{ name: KEY, template: t, from: { user: { source: aws, secret: s, feild: f } } }'),
      ['5:108: mappings[0].secrets[0].from.user.feild: is no known key; did you mean field?'],
    ],
    [
      'a named reference that is text',
      withSecret('{ name: KEY, template: t, from: { user: aws } }'),
      [
        '5:82: mappings[0].secrets[0].from.user: must be a mapping of keys to values; write one key: value a line',
      ],
    ],
    [
      'a variable that templates cannot name',
      withSecret('{ name: KEY, template: t, from: { "a b": { source: aws, secret: s } } }'),
      [
        '5:76: mappings[0].secrets[0].from["a b"]: is no usable name of a template variable; start with a letter, and use letters, digits and _',
      ],
    ],
    [
      'an unknown source',
      from('{ source: asw, secret: s }'),
      ['5:71: mappings[0].secrets[0].from.source: names no source of this config; did you mean aws?'],
    ],
    [
      'an unknown source that resembles none',
      from('{ source: elsewhere, secret: s }'),
      [
        '5:71: mappings[0].secrets[0].from.source: names no source of this config; there are aws, vault, local',
      ],
    ],
    [
      'an unknown source among several',
      withSecret(
        '{ name: KEY, template: t, from: { a: { source: aws, secret: s }, b: { source: nowhere, secret: s } } }',
      ),
      [
        '5:120: mappings[0].secrets[0].from.b.source: names no source of this config; there are aws, vault, local',
      ],
    ],
    [
      'version and stage',
      from('{ source: aws, secret: s, version: v, stage: AWSPREVIOUS }'),
      ['5:61: mappings[0].secrets[0].from: gives both version and stage; keep one of them'],
    ],
    [
      'a version that is a fraction',
      from('{ source: vault, secret: s, version: 1.10 }'),
      [
        '5:98: mappings[0].secrets[0].from.version: must be text or a whole number; write the version as the source names it',
      ],
    ],
    [
      'a version of a file',
      from('{ source: local, secret: s, version: 1 }'),
      [
        '5:89: mappings[0].secrets[0].from.version: works with sources of kind aws-secrets-manager and vault only; remove it, or refer to such a source',
      ],
    ],
    [
      'a stage of Vault',
      from('{ source: vault, secret: s, stage: AWSPREVIOUS }'),
      [
        '5:89: mappings[0].secrets[0].from.stage: works with sources of kind aws-secrets-manager only; remove it, or refer to such a source',
      ],
    ],
    [
      'an unknown encoding',
      from('{ source: aws, secret: s, encoding: hex }'),
      ['5:97: mappings[0].secrets[0].from.encoding: is none of the known values; write base64'],
    ],
    [
      'several references without a template',
      from('{ a: { source: aws, secret: s }, b: { source: aws, secret: s } }'),
      [
        '5:42: mappings[0].secrets[0]: has several references and no template; add a template that makes them one value',
      ],
    ],
    [
      'a name given twice',
      withSecret(
        '{ name: KEY, from: { source: aws, secret: s } }, { name: KEY, from: { source: aws, secret: t } }',
      ),
      [
        '5:50: mappings[0].secrets[0].name: is mapped again at mappings[0].secrets[1].name (line 5); keep one of them',
        '5:99: mappings[0].secrets[1].name: is mapped again at mappings[0].secrets[0].name (line 5); keep one of them',
      ],
    ],
    [
      'a name given twice for one id',
      {
        mappings:
          'mappings: [{ application: [{ id: 1 }, x], secrets: [{ name: KEY, from: { source: aws, secret: s } }] }, { application: { id: 1 }, account: main, secrets: [{ name: KEY, from: { source: aws, secret: s } }] }]',
      },
      [
        '5:61: mappings[0].secrets[0].name: is mapped again at mappings[1].secrets[0].name (line 5); keep one of them',
        '5:164: mappings[1].secrets[0].name: is mapped again at mappings[0].secrets[0].name (line 5); keep one of them',
      ],
    ],
  ])('%s', async (_name, changes, lines) => {
    expect(await linesOf(changes)).toEqual(lines);
  });
});
describe('discoveries', () => {
  it.each<Case>([
    [
      'no query',
      withDiscovery('{ name: n }'),
      ['5:43: mappings[0].discover[0].from: is missing; add it, as a mapping'],
    ],
    [
      'no name',
      withDiscovery('{ from: { source: aws } }'),
      ['5:43: mappings[0].discover[0].name: is missing; add it, as text'],
    ],
    [
      'an unknown source',
      withDiscovery('{ name: n, from: { source: awss } }'),
      ['5:70: mappings[0].discover[0].from.source: names no source of this config; did you mean aws?'],
    ],
    [
      'metadata of a file',
      withDiscovery('{ name: n, from: { source: local, metadata: { a: b } } }'),
      [
        '5:77: mappings[0].discover[0].from.metadata: works with sources of kind vault only; remove it, or refer to such a source',
      ],
    ],
    [
      'tags of a file',
      withDiscovery('{ name: n, from: { source: local, tags: { a: b } } }'),
      [
        '5:77: mappings[0].discover[0].from.tags: works with sources of kind aws-secrets-manager only; remove it, or refer to such a source',
      ],
    ],
    [
      'a tag that is a boolean',
      withDiscovery('{ name: n, from: { source: aws, tags: { a: true } } }'),
      [
        '5:86: mappings[0].discover[0].from.tags.a: must be text; write one text; put it in quotes where YAML takes it for something else',
      ],
    ],
    [
      'fields that are another word',
      withDiscovery('{ name: n, fields: some, from: { source: aws } }'),
      ['5:62: mappings[0].discover[0].fields: must be all or a list of keys; write all, or [user, password]'],
    ],
    [
      'no fields',
      withDiscovery('{ name: n, fields: [], from: { source: aws } }'),
      ['5:62: mappings[0].discover[0].fields: is empty; add an entry, or remove the key'],
    ],
    [
      'an empty glob',
      withDiscovery('{ name: n, include: [""], from: { source: aws } }'),
      ['5:64: mappings[0].discover[0].include[0]: is empty; write a glob, such as *internal*'],
    ],
    [
      'a negated glob',
      withDiscovery('{ name: n, exclude: ["!a"], from: { source: aws } }'),
      [
        '5:64: mappings[0].discover[0].exclude[0]: uses ! or (…), which globs here do not know; use *, ?, [abc] and {a,b}',
      ],
    ],
    [
      'an extended glob',
      withDiscovery('{ name: n, exclude: ["+(a)"], from: { source: aws } }'),
      [
        '5:64: mappings[0].discover[0].exclude[0]: uses ! or (…), which globs here do not know; use *, ?, [abc] and {a,b}',
      ],
    ],
    [
      'a range in a glob',
      withDiscovery('{ name: n, exclude: ["{1..9}"], from: { source: aws } }'),
      ['5:64: mappings[0].discover[0].exclude[0]: uses a range in braces; write the names out: {a,b}'],
    ],
    [
      'an endless glob',
      withDiscovery(`{ name: n, exclude: ["${'a'.repeat(257)}"], from: { source: aws } }`),
      ['5:64: mappings[0].discover[0].exclude[0]: is too long; write at most 256 characters'],
    ],
    [
      'a glob with an open brace',
      withDiscovery('{ name: n, exclude: ["{a"], from: { source: aws } }'),
      ['5:64: mappings[0].discover[0].exclude[0]: has an open [ or {; close it, or write \\[ or \\{'],
    ],
  ])('%s', async (_name, changes, lines) => {
    expect(await linesOf(changes)).toEqual(lines);
  });
});
