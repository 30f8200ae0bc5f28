// What lies in config/: the generated schema is the current one, and the examples load and show every option.
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configJsonSchema } from '../../src/config/json-schema.ts';
import { loadConfig } from '../../src/config/load.ts';
import { listOptions } from '../../src/config/options.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { configReference } from '../../src/config/reference.ts';

const pathOf = (name: string) => new URL(`../../config/${name}`, import.meta.url).pathname;
const options = listOptions(configJsonSchema());

/** Every path of a tree as the reference writes it: ids as `<id>`, entries of lists as `[]`. */
function pathsOf(value: unknown, parent: string = ''): readonly string[] {
  if (Array.isArray(value)) return [parent, ...value.flatMap((entry) => pathsOf(entry, `${parent}[]`))];
  if (typeof value !== 'object' || value === null) return [parent];
  const below = Object.entries(value).flatMap(([key, inner]) => {
    const step = parent === 'accounts' || parent === 'sources' ? '<id>' : key;
    return pathsOf(inner, parent === '' ? step : `${parent}.${step}`);
  });
  return [parent, ...below];
}

describe('config/schema.json', () => {
  it('is what `npm run schema` writes', async () => {
    const written: unknown = JSON.parse(await readFile(pathOf('schema.json'), 'utf8'));
    expect(written).toEqual(JSON.parse(JSON.stringify(configJsonSchema())));
  });

  it('is strict in every mapping, and explains every option', () => {
    const text = JSON.stringify(configJsonSchema());
    expect(text.match(/"properties":/g)?.length).toBe(text.match(/"additionalProperties":false/g)?.length);
    expect(options.filter(({ meaning }) => !/^[A-Z].*\.$/.test(meaning))).toEqual([]);
  });
});

describe('config/*.yaml', () => {
  it.each(['minimal.yaml', 'example.yaml'])('%s loads as it stands', async (name) => {
    expect((await loadConfig(pathOf(name), {})).owner).toBe('acme-prod');
  });

  it('demo.yaml loads with what the demo sets', async () => {
    const config = await loadConfig(pathOf('demo.yaml'), {
      VOXSYNC_DEMO_DIR: '/tmp/demo',
      VOXSYNC_DEMO_ENDPOINT: 'http://127.0.0.1:4010/platform_api',
    });
    expect(config.accounts['demo']?.credentials).toEqual({ file: '/tmp/demo/credentials.json' });
    expect(config.sources['local']).toEqual({ kind: 'file', path: '/tmp/demo/secrets.yaml', trim: 'none' });
    expect(config.prune.graceMs).toBe(0);
    expect(config.guard.maxDeletes).toEqual({ count: 2 });
  });

  it('example.yaml shows every option, and the other schedule in a comment that loads as well', async () => {
    const text = await readFile(pathOf('example.yaml'), 'utf8');
    const shown = new Set(
      pathsOf(parse(text)).map((path) =>
        path.replace('application[]', 'application').replace(/from\.(?:user|password)/, 'from'),
      ),
    );
    const siblings = new Set([...shown].map((path) => path.replace(/\.\w+$/, '.')));
    const missing = options.filter(
      ({ path, need }) =>
        !shown.has(path) && !(need === 'alternative' && siblings.has(path.replace(/\.\w+$/, '.'))),
    );
    expect(missing).toEqual([]);
    // Where one of two takes the place of the other, the comment beside it tells.
    expect(text.match(/# or \{ (?:file: PATH|env: NAME) \}/g)).toHaveLength(2);
    const other = /schedule: \{ every: .*\}/.exec(text)?.[0] ?? '';
    const changed = text.replace(/^schedule: .*$/m, other);
    expect((await parseConfig(changed, 'c.yaml', {})).schedule).toEqual({
      everyMs: 300_000,
      jitterMs: 30_000,
    });
  });

  it('example.yaml shows every kind of source and every way to log in', async () => {
    const text = await readFile(pathOf('example.yaml'), 'utf8');
    const fixed = options
      .filter(({ path }) => /\.(?:kind|method)$/.test(path))
      .map(({ type }) => type.replaceAll('`', ''));
    expect(fixed).toHaveLength(11);
    expect(fixed.filter((value) => !new RegExp(`(?:kind|method): ${value}\\b`).test(text))).toEqual([]);
  });
});

describe('the reference', () => {
  it('has one row for each option', () => {
    const rows = configReference()
      .split('\n')
      .filter((line) => line.startsWith('| `'));
    expect(rows).toHaveLength(options.length);
    expect(rows).toContain(
      '| `concurrency` | whole number | `8` | How many calls may be under way at once. |',
    );
    expect(rows).toContain(
      '| `credentials.env` | text | *one of these* | Name of the environment variable that holds it. |',
    );
    expect(rows).toContain(
      '| `auth.roleId` | text | *required* | The role id; it is no secret. With `method: approle`. |',
    );
    expect(rows).toContain(
      '| `schedule.timezone` | text | `"Etc/UTC"` | Timezone of the expression (IANA name). |',
    );
  });

  it('has a table for each kind of source', () => {
    const titles = configReference()
      .split('\n')
      .filter((line) => line.startsWith('#'));
    expect(titles).toEqual([
      '### The file',
      '### `accounts.<id>`',
      '### `sources.<id>`, `kind: aws-secrets-manager`',
      '### `sources.<id>`, `kind: vault`',
      '### `sources.<id>`, `kind: file`',
      '### `sources.<id>`, `kind: directory`',
      '### `mappings[]`',
    ]);
  });
});
