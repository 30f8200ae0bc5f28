// A fault at each request of a pass in turn: whatever the pass was about to do, nothing is lost and the next one converges.
import { expect } from 'vitest';
import type { FaultyProxy, Matcher } from '../proxy/faulty-proxy.ts';
import { openScene, type Ground } from './scene.ts';

export interface Strike {
  /** What becomes of the request that is struck and of all after it: 0 is the one that is struck. */
  readonly fault: (sinceThen: number) => ReturnType<Matcher>;
  /** Puts the source in order again. */
  readonly mend?: () => Promise<unknown>;
  readonly exitCodes: readonly number[];
  /** Which requests are struck: from the first of these on, every so many; each of them when not given. */
  readonly first?: number;
  readonly step?: number;
}

/** Strikes the first request of a pass that has every value to write anew, then the second of the next, to the last; gives how many there were. */
export async function sweep(ground: Ground, proxy: FaultyProxy, strike: Strike): Promise<number> {
  const scene = await openScene(ground);
  expect((await scene.pass()).exitCode).toBe(0);
  for (let struck = strike.first ?? 0, generation = 2; ; struck += strike.step ?? 1, generation += 1) {
    await scene.rotate();
    let arrived = 0;
    proxy.misbehave(() => {
      const sinceThen = arrived - struck;
      arrived += 1;
      return sinceThen < 0 ? undefined : strike.fault(sinceThen);
    });
    const passed = await scene.pass();
    proxy.forget();
    await strike.mend?.();
    expect(strike.exitCodes, `at request ${struck} it said:\n${passed.text}`).toContain(passed.exitCode);
    expect([generation - 1, generation]).toEqual(expect.arrayContaining([...scene.generations()]));
    expect(await scene.pass(), `after request ${struck}`).toMatchObject({ exitCode: 0 });
    expect(scene.generations()).toEqual(new Set([generation]));
    if (arrived <= struck) return struck;
  }
}
