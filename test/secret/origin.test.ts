// The ten characters that say where a secret comes from: the same for the same origin, others for any other.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  discoverySelector,
  explicitSelector,
  formatOrigin,
  parseOrigin,
  pathTag,
} from '../../src/secret/origin.ts';

const discoveries = fc.record({ source: fc.string(), query: fc.string() });

describe('the selector of a discovery', () => {
  it('is four characters, and never looks like that of a named secret', () => {
    fc.assert(
      fc.property(discoveries, (discovery) => {
        expect(discoverySelector(discovery)).toMatch(/^\w{4}$/);
        expect(discoverySelector(discovery)).not.toBe(explicitSelector);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['source', { source: 'vault', query: 'prod/' }],
    ['query', { source: 'aws', query: 'stage/' }],
  ])('changes with its %s', (_, other) => {
    const own = { source: 'aws', query: 'prod/' };
    expect(discoverySelector({ ...own })).toBe(discoverySelector(own));
    expect(discoverySelector(other)).not.toBe(discoverySelector(own));
  });
});

describe('the tag of a source secret', () => {
  it('changes with the source and with the path, which do not run into each other', () => {
    const tags = [
      pathTag('aws', 'crm'),
      pathTag('vault', 'crm'),
      pathTag('aws', 'db'),
      pathTag('awsc', 'rm'),
    ];
    expect(new Set(tags).size).toBe(tags.length);
    for (const tag of tags) expect(tag).toMatch(/^[\w-]{6}$/);
  });
});

describe('an origin', () => {
  it('comes apart again as it was put together', () => {
    fc.assert(
      fc.property(discoveries, fc.string(), (discovery, path) => {
        const [selector, tag] = [discoverySelector(discovery), pathTag(discovery.source, path)];
        expect(parseOrigin(formatOrigin(selector, tag))).toEqual({ selector, tag });
      }),
    );
  });
});
