import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLogger } from '../../src/observe/logger.ts';
import { Mask } from '../../src/observe/mask.ts';
import { SecretBox } from '../../src/secret/box.ts';

const value = 'pass"word\n&=%+ ü';

function maskOf(...values: readonly string[]): Mask {
  const mask = new Mask();
  for (const one of values) mask.add(new SecretBox(one));
  return mask;
}

describe('the mask', () => {
  it.each([
    ['as it is', `a ${value} b`, 'a [redacted] b'],
    ['twice', `${value}${value}`, '[redacted][redacted]'],
    ['in JSON', `{"x":${JSON.stringify(value)}}`, '{"x":"[redacted]"}'],
    ['in base64', `x ${Buffer.from(value).toString('base64')}`, 'x [redacted]'],
    ['in a URL', `?q=${encodeURIComponent(value)}`, '?q=[redacted]'],
    ['in a form', new URLSearchParams({ q: value }).toString(), 'q=[redacted]'],
  ])('strikes a value out %s', (_, line, masked) => {
    expect(maskOf('another value', value).apply(line)).toBe(masked);
  });

  it('leaves every line alone that holds no value', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 8 })), fc.string(), (values, line) => {
        fc.pre(values.every((one) => !line.includes(one.slice(0, 8))));
        expect(maskOf('known value', ...values).apply(line.replaceAll('known va', ''))).toBe(
          line.replaceAll('known va', ''),
        );
      }),
    );
  });

  it('never lets a value of eight characters or more through', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8 }), fc.string(), fc.string(), (text, before, after) => {
        fc.pre(!'[redacted]'.includes(text));
        expect(maskOf(text).apply(`${before}${text}${after}`)).toContain('[redacted]');
      }),
    );
  });

  it('forgets', () => {
    const mask = maskOf(value);
    mask.clear();
    expect(mask.apply(value)).toBe(value);
  });

  it('stands behind the logger, in both forms', () => {
    for (const format of ['json', 'pretty'] as const) {
      const lines: string[] = [];
      const logger = createLogger({
        level: 'info',
        format,
        mask: maskOf(value),
        write: (line) => void lines.push(line),
      });
      logger.info({ careless: value }, 'a line');
      expect(lines.join('')).toContain('[redacted]');
      expect(lines.join('')).not.toContain('pass');
    }
  });
});
