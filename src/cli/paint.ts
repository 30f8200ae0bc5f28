// Colours, only where a person looks at a terminal and did not say `NO_COLOR`.
import picocolors from 'picocolors';
import type { Paint } from '../plan/render/text.ts';
import type { Io } from './io.ts';

/** How results are coloured. */
export function paintFor(io: Pick<Io, 'isOutTerminal' | 'env'>): Paint {
  const isColoured = io.isOutTerminal && !io.env['NO_COLOR'] && io.env['TERM'] !== 'dumb';
  const { green, yellow, red, dim, bold } = picocolors.createColors(isColoured);
  return { good: green, change: yellow, bad: red, faint: dim, strong: bold };
}
