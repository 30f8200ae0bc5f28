// Passes over a Voximplant whose answers are changed at random: never a crash, a wait without end, or a write that nobody planned.
import { expect, test } from 'vitest';
import { seeds, wrongsIn } from './runs.ts';
import { createMemorySide } from './side.ts';
import { playStory } from './story.ts';

const side = createMemorySide();
const play = (seed: number) => playStory({ seed, side, hostile: 'target' });

/** Seeds that found something, by what they did to one listing. */
test.each<[string, number]>([
  ['the ids of two of our secrets swapped', 13],
  ['the name of a wanted secret given to a stranger', 129],
  ['the ids of our application and another swapped', 138],
  ['the names of two of our applications swapped', 154],
  ['the ids of two of our applications swapped, whose secrets nobody wants then', 205],
  ['the ids of our secret and a stranger swapped', 229],
  ['our marker given to a stranger of a wanted name', 282],
  ['the names of two applications swapped, then one of them given to both', 286],
  ['the ids of our secret and a stranger swapped, after a broken listing of applications', 289],
  ['the name of our application given to another as well', 318],
  ['the ids of two applications swapped again', 341],
])('%s', async (_, seed) => {
  expect(await wrongsIn([seed], play)).toBe('');
});

test('whatever Voximplant answers, what is there stays as it is or becomes what the plan says', async () => {
  expect(await wrongsIn(seeds(50), play)).toBe('');
}, 3_600_000);
