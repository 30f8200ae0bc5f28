// YAML itself: what of it is refused, what stays as it was written, and that no text does anything but load or be refused.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/parse.ts';
import { configText, linesOf, refusal, sound, withSecret } from './text.ts';

const soundText = configText();
const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

describe('YAML that surprises people', () => {
  it.each([
    ['a key given twice', `${soundText}owner: other`, ['6:1: owner: is given twice; keep one of them']],
    ['an anchor', configText({ owner: 'owner: &o acme' }), ['1:11: owner: carries a YAML anchor; remove it']],
    [
      'an alias, and its anchor',
      configText({ owner: 'owner: &o acme', more: 'log: *o' }),
      [
        '1:11: owner: carries a YAML anchor; remove it',
        '6:6: log: uses a YAML alias; write the value out where it is used',
      ],
    ],
    [
      'an alias of nothing',
      configText({ more: 'log: *o' }),
      ['6:6: log: uses a YAML alias; write the value out where it is used'],
    ],
    [
      'a merge key',
      configText({ more: '<<: { log: {} }' }),
      ['6:1: ["<<"]: is a YAML merge key; write the keys out where they are used'],
    ],
    [
      'a tag of YAML',
      configText({ owner: 'owner: !!str 12' }),
      ['1:14: owner: carries a YAML tag; remove it; put text in quotes'],
    ],
    [
      'a tag of nobody',
      configText({ owner: 'owner: !secret acme', more: 'log: !other {}' }),
      [
        '1:16: owner: carries a YAML tag; remove it; put text in quotes',
        '6:13: log: carries a YAML tag; remove it; put text in quotes',
      ],
    ],
    [
      'a key that is a list',
      configText({ more: '[a]: 1' }),
      ['6:1: [""]: is no usable key; write a single word'],
    ],
    [
      'a key that objects inherit from',
      configText({ more: '__proto__: { owner: x }' }),
      ['6:1: __proto__: is no usable key; write a single word'],
    ],
    [
      'a directive',
      `%YAML 1.1\n---\n${soundText}`,
      ['1:1: has a YAML directive; remove the lines that start with %'],
    ],
    [
      'several documents',
      `${soundText}---\nowner: b\n`,
      ['6:1: holds several YAML documents; keep one document in the file'],
    ],
    ['an empty file', '', ['1:1: is empty; start from config/minimal.yaml']],
    ['a file of comments', '# nothing\n', ['1:1: is empty; start from config/minimal.yaml']],
    ['a null', '~', ['1:1: must be a mapping of keys to values; write one key: value a line']],
    ['a list', '- owner: a', ['1:1: must be a mapping of keys to values; write one key: value a line']],
    [
      'a bracket that stays open',
      configText({ more: 'log: {' }),
      [
        '6:7: is not valid YAML: Flow map in block collection must be sufficiently indented and end with a }; check indentation, quotes and brackets',
      ],
    ],
    [
      'a tab',
      'owner:\n\ta: b',
      ['2:1: is not valid YAML: Tabs are not allowed as indentation; check indentation, quotes and brackets'],
    ],
    [
      'a variable in a flow mapping without quotes',
      configText({ more: 'log: { level: ${LEVEL} }' }),
      [
        '6:16: is not valid YAML: Unexpected flow-map-start at node end; inside { } and [ ], put what holds ${…} in quotes',
      ],
    ],
  ])('refuses %s', async (_name, text, lines) => {
    expect((await refusal(text)).map((line) => line.replace('c.yaml:', ''))).toEqual(lines);
  });

  it('refuses nesting beyond what a config needs, wherever the parser gives up', async () => {
    const [shallow] = await linesOf({ more: `x: ${nested(33)}` });
    expect(shallow).toMatch(/^6:1: x: is no known key/);
    expect(await linesOf({ more: `x: ${nested(40)}` })).toContain(
      `6:36: x${'[0]'.repeat(32)}: is nested too deeply; 32 levels are allowed`,
    );
    expect(await refusal('['.repeat(100_000))).toEqual([
      expect.stringMatching(/^c\.yaml:1:\d+: is nested too deeply; 32 levels are allowed$/),
    ]);
  });
});

describe('what is written', () => {
  it('keeps a version that a double cannot hold', async () => {
    const text = configText(
      withSecret('{ name: KEY, from: { source: vault, secret: s, version: 12345678901234567890 } }'),
    );
    const { mappings } = await parseConfig(text, 'c.yaml', {});
    expect(mappings[0]?.secrets[0]?.inputs['value']?.version).toBe('12345678901234567890');
  });

  it('tells everything at once, in the order of the lines', async () => {
    const text = configText({
      owner: 'owner: "-"',
      policy: 'plicy: sync',
      accounts: 'accounts: { main: { credentials: {} } }',
      mappings: sound.mappings.replace('source: aws', 'source: awz'),
      more: 'schedule: { cron: never }\nlog: { level: ${LEVEL_UNSET} }'.replace(
        '${LEVEL_UNSET}',
        '"${UNSET}"',
      ),
    });
    const lines = await refusal(text);
    expect(lines.map((line) => line.split(': ')[0])).toEqual([
      'c.yaml:1:8',
      'c.yaml:2:1',
      'c.yaml:3:34',
      'c.yaml:5:71',
      'c.yaml:6:19',
      'c.yaml:7:15',
    ]);
  });

  it('shows a hundred problems and counts the others', async () => {
    const more = Array.from({ length: 250 }, (_, index) => `unknown${index}: 1`).join('\n');
    const lines = await refusal(configText({ more }));
    expect(lines).toHaveLength(101);
    expect(lines.at(-1)).toBe('c.yaml: and 150 more');
  });
});

describe('any text', () => {
  it('loads or is refused', async () => {
    const words =
      'owner|mappings|: |- |{|}|[|]|\n|  |"|\'|&a |*a|!t |${A}|${|$${|? |>|---|...|%YAML 1.1|<<|#|~|0x1|1e999|.nan|\t|\u0000|\ufeff';
    const pieces = fc.constantFrom(...Object.values(sound), ...words.split('|'), '|');
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc
        .array(fc.oneof({ weight: 4, arbitrary: pieces }, fc.string()), { maxLength: 40 })
        .map((all) => all.join('')),
    );
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        for (const line of await refusal(text, { A: '1' }))
          expect(line).toMatch(/^c\.yaml:\d+:\d+: .+; .+$/s);
      }),
      { numRuns: 500 },
    );
  });

  it('with any JSON in place of an option, loads or is refused', async () => {
    const keys = fc.constantFrom(
      'owner',
      'policy',
      'accounts',
      'sources',
      'mappings',
      'schedule',
      'guard',
      'log',
    );
    await fc.assert(
      fc.asyncProperty(keys, fc.jsonValue({ maxDepth: 4 }), async (key, value) => {
        const lines = soundText.split('\n').filter((line) => line !== '' && !line.startsWith(`${key}:`));
        const found = await refusal([...lines, `${key}: ${JSON.stringify(value)}`].join('\n'));
        for (const line of found) expect(line).toMatch(/^c\.yaml:\d+:\d+: .+; .+$/s);
      }),
      { numRuns: 500 },
    );
  });
});
