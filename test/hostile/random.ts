// Choices that a number decides, so that a run can be repeated.

export interface Random {
  /** At least 0, below 1. */
  next(): number;
  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number;
  chance(probability: number): boolean;
  /** Throws for an empty list. */
  pick<T>(list: readonly T[]): T;
}

/** Mulberry32, which is even enough and needs no library. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d_2b_79_f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    chance: (probability) => next() < probability,
    pick: (list) => {
      const [picked] = list.slice(below(list.length));
      if (picked === undefined) throw new Error('there is nothing to pick');
      return picked;
    },
  };
}

/** A seed made of a seed and a text (FNV-1a): what happens to one answer does not hang on the others. */
export function seedOf(seed: number, text: string): number {
  let hash = (seed ^ 0x81_1c_9d_c5) >>> 0;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01_00_01_93) >>> 0;
  return hash;
}
