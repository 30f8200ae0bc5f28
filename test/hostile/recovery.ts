// What must come of a run once all answers are honest again.
import type { Play } from './play.ts';

const wantedInBoth = ['STABLE', 'ROTATED'];
const wantedInOne = [...wantedInBoth, 'TEXTED', 'DRIFTED', 'TOUCHED', 'FRESH', 'COMPOSED', 'ONE', 'TWO'];
const unwanted = ['OLD', 'OLDER', 'LOST'];

/**
 * Honest passes put everything right: one creates what is new, one notes what nobody wants any more, one deletes it
 * after its grace. Then there is nothing to do. Tells what is wrong.
 */
export async function recover(play: Play): Promise<readonly string[]> {
  for (let pass = 0; pass < 3; pass += 1) {
    play.letTimePass();
    await play.honestly(false);
  }
  const { report } = await play.honestly(true);
  const left = report.plan.applications.flatMap(({ changes }) =>
    changes.map(({ kind, name, reason }) => `left over: ${kind} ${name} ${reason}`),
  );
  const failures = report.failures.map(({ problem }) => `failed afterwards: ${problem.message}`);
  return [
    ...left,
    ...failures,
    ...valueWrongs(play, 'call-center', wantedInOne),
    ...valueWrongs(play, 'ivr', wantedInBoth),
    ...pruneWrongs(play),
  ];
}

/** A source that lied about a value under the right version cannot be found out, neither now nor later. */
function* valueWrongs(
  { ground, ledger }: Play,
  application: string,
  names: readonly string[],
): Generator<string> {
  for (const name of names) {
    const value = ground.emulator.state.readValue(application, name);
    if (value === undefined || !ledger.allows(name, value))
      yield `${name} did not come right in ${application}`;
  }
}

function* pruneWrongs({ ground: { emulator, side } }: Play): Generator<string> {
  for (const name of side.listsGone ? [...unwanted, 'GONE'] : unwanted) {
    if (emulator.state.readValue('call-center', name) !== undefined) yield `${name} was not pruned`;
  }
}
