// The README against the program: whatever it lists must exist, and whatever exists must be listed.
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { runProgram } from '../src/cli/program.ts';
import { loadConfig } from '../src/config/load.ts';
import { configReference } from '../src/config/reference.ts';
import { exitCodeOf, exitCodes } from '../src/errors.ts';
import { createMetrics } from '../src/observe/metrics.ts';
import { reasons } from '../src/plan/reason.ts';
import { symbols } from '../src/plan/render/labels.ts';
import { watchSignals } from '../src/signals.ts';
import { errorForCode } from '../src/target/voximplant/error-codes.ts';
import { blocksOf, isConfig, readmeFile, sectionOf, tableOf } from './readme.ts';

const readme = await readFile(readmeFile, 'utf8');
const [begin, end] = ['<!-- config reference: begin -->', '<!-- config reference: end -->'];

describe('the config reference', () => {
  test('is what the schema says; `npx vitest run -u --config test/vitest.config.ts test/readme.test.ts` renews it', async () => {
    const [before, rest = ''] = readme.split(begin);
    const after = rest.split(end)[1];
    const renewed = `${before}${begin}\n\n${configReference()}\n${end}${after}`;
    await expect(renewed).toMatchFileSnapshot(readmeFile);
  });
});

describe('tables', () => {
  test('of reasons: each one, in order, with the text that `voxsync explain` shows', () => {
    const rows = tableOf(readme, '### Reasons').map(([reason, , text]) => [reason, text]);
    expect(rows).toEqual(Object.entries(reasons).map(([reason, text]) => [`\`${reason}\``, text]));
  });

  test('of exit codes: the catalogue and the two signals', () => {
    const shown = tableOf(readme, '### Exit codes').flatMap(([code = '']) => code.split(', ').map(Number));
    expect(shown).toEqual([...Object.values(exitCodes), 130, 143].toSorted((a, b) => a - b));
  });

  test('of error codes: the whole catalogue, each with its exit code', async () => {
    const source = await readFile(new URL('../src/errors.ts', import.meta.url), 'utf8');
    const catalogue = source.split('const catalogue = {')[1]?.split('} as const satisfies')[0] ?? '';
    const codes = [...catalogue.matchAll(/^ {2}'?([a-z-]+)'?: \{/gm)].map(([, code = '']) => code);
    expect(codes.length).toBeGreaterThan(15);
    const shown = tableOf(readme, '### Error codes').slice(0, codes.length);
    expect(shown.map(([code, exit]) => [code, exit])).toEqual(
      codes.map((code) => [`\`${code}\``, String(exitCodeOf(code))]),
    );
  });

  test("of Voximplant's codes: all that the client knows, each under the code that it makes of it", () => {
    const rows = tableOf(readme, '### Codes of the Voximplant API');
    const shown = rows.flatMap(([numbers = '', code = '']) =>
      numbers.split(', ').map((number) => `${number} ${code}`),
    );
    const known = Array.from({ length: 1000 }, (_, number) =>
      errorForCode(number, { method: 'GetSecrets', isWrite: false }),
    ).flatMap(({ message, code, remoteCode }) =>
      message.includes('does not know') ? [] : [`${remoteCode} \`${code}\``],
    );
    expect(shown.toSorted()).toEqual(known.toSorted());
  });

  test('of symbols: those of the plan', () => {
    const rows = tableOf(readme, '### Reading a plan').map(([symbol, kind]) => `${kind} ${symbol}`);
    const shown = Object.entries(symbols).filter(([kind]) => kind !== 'none');
    expect(rows.toSorted()).toEqual(shown.map(([kind, symbol]) => `${kind} \`${symbol}\``).toSorted());
  });

  test('of metrics: those that are served, and no other', async () => {
    const { text } = await createMetrics().render();
    const served = [...text.matchAll(/^# TYPE (\w+) /gm)].map(([, name = '']) => name);
    const named = sectionOf(readme, '### As a long-lived process').match(/voxsync_\w+/g) ?? [];
    expect([...new Set(named)].toSorted()).toEqual(served.toSorted());
  });
});

describe('commands', () => {
  test.each([
    ['demo', 'npm ci --ignore-scripts && npm run demo'],
    ['test', 'npm ci --ignore-scripts && npm test'],
  ])('the %s command stands where the checks look for it', (name, command) => {
    expect(readme).toContain(`<!-- command: ${name} -->\n\`\`\`sh\n${command}\n\`\`\`\n`);
  });

  test('every `voxsync` command named exists, and every one that exists is in the table', async () => {
    const help = await helpOf([]);
    const known = [...help.matchAll(/^ {2}([a-z]+) +(?:\[options\]|[a-z])/gm)].map(([, name = '']) => name);
    const existing = known.filter((name) => name !== 'help').toSorted();
    const table = tableOf(readme, '## Commands').map(([command = '']) => command);
    expect(table.toSorted()).toEqual(existing.map((name) => `\`voxsync ${name}\``));
    const shell = blocksOf(readme, 'sh').join('\n');
    const named = [...readme.matchAll(/`voxsync ([a-z]+)/g), ...shell.matchAll(/^voxsync ([a-z]+)/gm)].map(
      ([, name = '']) => name,
    );
    expect(named.length).toBeGreaterThan(20);
    expect([...new Set(named)].filter((name) => !existing.includes(name))).toEqual([]);
  });

  test('every option named is known to a command', async () => {
    const existing = [
      'plan',
      'sync',
      'run',
      'check',
      'policy',
      'explain',
      'adopt',
      'orphans',
      'transfer',
      'emulator',
    ];
    const help = (await Promise.all(existing.map((name) => helpOf([name])))).join('\n');
    const named = sectionOf(readme, '## Commands').match(/--[a-z][a-z-]+/g) ?? [];
    expect([...new Set(named)].filter((option) => !help.includes(option))).toEqual([]);
  });
});

describe('blocks', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'voxsync-readme-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const yaml = blocksOf(readme, 'yaml');
  const configs = yaml.filter(isConfig);

  test('there are whole configs among them', () => {
    expect(configs.length).toBeGreaterThanOrEqual(3);
  });

  test.each(configs.map((text, index) => [index, text] as const))(
    'config %i is valid',
    async (index, text) => {
      const file = path.join(folder, `config-${index}.yaml`);
      await writeFile(file, text);
      const config = await loadConfig(file, { VAULT_ROLE_ID: 'a-role' });
      expect(config.mappings.length).toBeGreaterThan(0);
    },
  );

  test('all YAML and JSON can be parsed', () => {
    expect(yaml.flatMap((text) => parseAllDocuments(text).flatMap(({ errors }) => errors))).toEqual([]);
    for (const text of blocksOf(readme, 'json')) expect(() => JSON.parse(text)).not.toThrow();
  });

  test('the policies are those that `voxsync policy` prints for the configs beside them', async () => {
    const printed = await Promise.all(
      configs.map(async (text, index) => {
        const file = path.join(folder, `policy-${index}.yaml`);
        await writeFile(file, text);
        let shown = '';
        const interruption = watchSignals(process);
        const io = {
          out: (part: string) => void (shown += part),
          err: () => {},
          isOutTerminal: false,
          isErrTerminal: false,
          env: { VAULT_ROLE_ID: 'a-role' },
          interruption,
        };
        await runProgram(['node', 'voxsync', 'policy', '--output', 'json', '--config', file], io);
        interruption.release();
        return JSON.parse(shown).sources.map((one: { document: unknown }) => one.document);
      }),
    );
    const policies = blocksOf(readme, 'json').map((text) => JSON.parse(text));
    expect(printed.flat()).toEqual(expect.arrayContaining([...policies, ...blocksOf(readme, 'hcl')]));
    expect(policies.length).toBe(1);
  });

  test('the IAM policy allows the calls that the source makes, and no other', async () => {
    const api = await readFile(new URL('../src/sources/aws-secrets-manager/api.ts', import.meta.url), 'utf8');
    const calls = [...api.matchAll(/new (\w+)Command\(/g)].map(([, name]) => `secretsmanager:${name}`);
    const allowed =
      blocksOf(readme, 'json')
        .join('\n')
        .match(/secretsmanager:[A-Z]\w+/g) ?? [];
    expect(allowed.toSorted()).toEqual(calls.toSorted());
  });
});

describe('links', () => {
  test('every anchor is a heading, and every file exists', async () => {
    const anchors = new Set([...readme.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => anchorOf(title)));
    const links = [...readme.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
    const lost = links.filter((link) => link.startsWith('#') && !anchors.has(link));
    expect(lost).toEqual([]);
    const files = links.filter((link) => !/^(?:#|https:)/.test(link));
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) await access(new URL(`../${file}`, import.meta.url));
  });
});

function anchorOf(title: string): string {
  return `#${title
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-')}`;
}

async function helpOf(command: readonly string[]): Promise<string> {
  let shown = '';
  const interruption = watchSignals(process);
  try {
    await runProgram(['node', 'voxsync', ...command, '--help'], {
      out: (text) => void (shown += text),
      err: () => {},
      isOutTerminal: false,
      isErrTerminal: false,
      env: {},
      interruption,
    });
  } finally {
    interruption.release();
  }
  return shown;
}
