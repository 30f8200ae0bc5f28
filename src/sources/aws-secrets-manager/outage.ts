// A server that leaves call after call without an answer: for a while the next ones fail at once, so that a pass does not wait for each of thousands.
import { VoxsyncError } from '../../errors.ts';

/** As many as are made at a time at most, so that one bad moment is no outage. */
const inARow = 8;
/** Far below any schedule, so that the next pass asks again. */
const longestRestMs = 10_000;

export interface OutageWatch {
  /** Makes a call, or throws at once what the calls before it met; `subject` says what was not tried. */
  run<T>(subject: string, call: () => Promise<T>): Promise<T>;
}

/** Watches the calls to one server, each of which takes `timeoutMs` at most. During an outage it is left alone for as long, or less. */
export function watchForOutage(timeoutMs: number): OutageWatch {
  const restMs = Math.min(timeoutMs, longestRestMs);
  let unanswered = 0;
  let resting: { readonly untilMs: number; readonly because: VoxsyncError } | undefined;

  const note = (error: unknown): void => {
    if (!(error instanceof VoxsyncError)) return;
    unanswered = isUnanswered(error) ? unanswered + 1 : 0;
    if (unanswered >= inARow) resting = { untilMs: performance.now() + restMs, because: error };
  };
  return {
    run: async (subject, call) => {
      if (resting !== undefined && performance.now() < resting.untilMs)
        throw untried(subject, resting.because);
      try {
        const answer = await call();
        unanswered = 0;
        return answer;
      } catch (error) {
        note(error);
        throw error;
      }
    },
  };
}

/** After repetitions, that is. Whatever refuses is there. */
function isUnanswered({ code }: VoxsyncError): boolean {
  return code === 'source-unreachable' || code === 'source-throttled';
}

function untried(subject: string, { code, hint, remoteCode }: VoxsyncError): VoxsyncError {
  const message = `${subject} was not tried, after ${inARow} calls in a row that failed (${remoteCode})`;
  return new VoxsyncError(code, message, { hint, remoteCode });
}
