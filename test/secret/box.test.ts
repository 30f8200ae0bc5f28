import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { SecretBox } from '../../src/secret/box.ts';

const canary = 'canary-4f9a';
const box = new SecretBox(canary);

describe('the box', () => {
  it.each([
    ['String()', () => String(box)],
    ['JSON', () => JSON.stringify({ box })],
    ['inspect', () => inspect({ box }, { depth: 9, showHidden: true })],
    ['a joined list', () => [box, box].join()],
    ['a copy', () => JSON.stringify(Object.assign({}, box))],
    ['entries', () => JSON.stringify(Object.entries(box))],
  ])('shows nothing through %s', (_, show) => {
    expect(show()).not.toContain(canary);
  });

  it.each([
    ['String()', () => String(box)],
    ['JSON', () => JSON.parse(JSON.stringify(box))],
    ['inspect', () => inspect(box)],
    ['toString', () => box.toString()],
  ])('says through %s that something is hidden', (_, show) => {
    expect(show()).toBe('[redacted]');
  });

  it('cannot be changed', () => {
    expect(Object.isFrozen(box)).toBe(true);
  });

  it('gives the text to reveal alone', () => {
    expect(box.reveal()).toBe(canary);
    expect(box.derive((text) => `${text}!`).reveal()).toBe(`${canary}!`);
    expect(box.satisfies((text) => text === canary)).toBe(true);
    expect(box.satisfies((text) => text !== canary)).toBe(false);
  });
});
