// When two references mean the same: then a source is asked once for both.
import { describe, expect, it } from 'vitest';
import { secretKey } from '../../src/secret/reference.ts';

describe('the key of a reference', () => {
  it('is the same for whatever is read of one version of a secret', () => {
    const field = { source: 'aws', secret: 'crm', field: 'key' };
    expect(secretKey({ secret: 'crm' })).toBe(secretKey(field));
    expect(secretKey({ secret: 'crm', version: undefined })).toBe(secretKey({ secret: 'crm' }));
  });

  it('is another for each secret, version and stage, whatever these are called', () => {
    const keys = [
      { secret: 'crm' },
      { secret: 'db' },
      { secret: 'crm', version: '1' },
      { secret: 'crm', version: '2' },
      { secret: 'crm', stage: '1' },
      { secret: 'crm', version: '' },
      { secret: 'crm', stage: 'null' },
      { secret: 'crm","1' },
    ].map(secretKey);
    expect(new Set(keys).size).toBe(keys.length);
  });
});
