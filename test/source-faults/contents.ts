// What the sources of a scene hold, and how mappings turn it into secrets: named one by one, discovered by a field, discovered with all fields.
export type Fields = Readonly<Record<string, string>>;

/** Joins the parts of a path of the source under test. */
export type PathOf = (...parts: readonly string[]) => string;

/** The secrets in Voximplant that come from the source under test, by the way a mapping gets at them. */
export const groups = {
  named: ['NAMED_ONE', 'NAMED_TWO'],
  found: ['FOUND_ONE', 'FOUND_TWO'],
  all: ['ALL_PASSWORD', 'ALL_USER'],
} as const;

export const names = Object.values(groups).flat();

/** The source's secrets, by their paths; each value tells its name and its generation. */
export function contentOf(pathOf: PathOf, generation: number): Readonly<Record<string, Fields>> {
  const value = (name: (typeof names)[number]) => `${name} ${generation}`;
  return {
    [pathOf('named', 'one')]: { value: value('NAMED_ONE') },
    [pathOf('named', 'two')]: { value: value('NAMED_TWO') },
    [pathOf('found', 'one')]: { value: value('FOUND_ONE') },
    [pathOf('found', 'two')]: { value: value('FOUND_TWO') },
    [pathOf('all', 'db')]: { user: value('ALL_USER'), password: value('ALL_PASSWORD') },
  };
}

/** The generation of a value; whatever else it is, as a text. */
export function generationOf(name: string, value: string = 'none'): number | string {
  return value.startsWith(`${name} `) ? Number(value.slice(name.length + 1)) : value;
}

/** What the steady file holds at first, and later: a value that changed, a secret that went, one that came. */
export const steadyContents = {
  first: { key: 'first', 'found.a': 'a' },
  later: { key: 'second', 'found.b': 'b' },
} as const;

/** All from `tested` and `steady` to `app`, and what is discovered in `steady` to `ivr` too. */
export function mappingsOf(separator: string, pathOf: PathOf): readonly object[] {
  const steady = {
    from: { source: 'steady', prefix: 'found.' },
    name: "STEADY_{{ path | remove_first: 'found.' }}",
  };
  return [
    {
      application: 'app',
      secrets: ['one', 'two'].map((name) => ({
        name: `NAMED_${name.toUpperCase()}`,
        from: { source: 'tested', secret: pathOf('named', name), field: 'value' },
      })),
      discover: [
        {
          from: { source: 'tested', prefix: pathOf('found', '') },
          fields: ['value'],
          name: `FOUND_{{ path | split: '${separator}' | last }}`,
        },
        { from: { source: 'tested', prefix: pathOf('all', '') }, fields: 'all', name: 'ALL_{{ field }}' },
      ],
    },
    {
      application: 'app',
      secrets: [{ name: 'STEADY_KEY', from: { source: 'steady', secret: 'key' } }],
      discover: [steady],
    },
    { application: 'ivr', discover: [steady] },
  ];
}
