// A Vault that goes away in the middle of a pass: after a few failures in a row nothing more is asked for a while, so that thousands of secrets do not wait for it one by one.
import { VoxsyncError } from '../../errors.ts';

/** Shorter than any schedule, so that the next pass asks again. */
const pauseMs = 5000;

export interface OutageWatch {
  /** Asks, unless Vault is taken for down; throws then what it failed with last, and else what `ask` throws. */
  unlessDown<T>(ask: () => Promise<T>): Promise<T>;
}

/** `failures` in a row are an outage, and until the next success each further one is. `id` opens messages. */
export function createOutageWatch(
  id: string,
  failures: number,
  now: () => number = () => performance.now(),
): OutageWatch {
  let inARow = 0;
  let downUntil = Number.NEGATIVE_INFINITY;
  let last: VoxsyncError | undefined;
  const fail = (error: VoxsyncError): void => {
    inARow += 1;
    last = error;
    if (inARow >= failures) downUntil = now() + pauseMs;
  };
  return {
    unlessDown: async (ask) => {
      if (last !== undefined && now() < downUntil) throw notAsked(id, last);
      try {
        const answer = await ask();
        inARow = 0;
        return answer;
      } catch (error) {
        if (isOutage(error)) fail(error);
        // Vault has answered, whatever it said.
        else if (error instanceof VoxsyncError) inARow = 0;
        throw error;
      }
    },
  };
}

/** 502 and 504 are a gateway's. Any other status may be about the one path. */
const outageStatuses: ReadonlySet<unknown> = new Set([undefined, 502, 503, 504]);

/** Of the whole server. */
function isOutage(error: unknown): error is VoxsyncError {
  if (!(error instanceof VoxsyncError) || error.code !== 'source-unreachable') return false;
  return outageStatuses.has(error.remoteCode);
}

function notAsked(id: string, { message, hint, remoteCode }: VoxsyncError): VoxsyncError {
  const cause = message.startsWith(`${id}: `) ? message.slice(id.length + 2) : message;
  const text = `${id}: not asked, because the requests before it failed: ${cause}`;
  return new VoxsyncError('source-unreachable', text, { hint, remoteCode });
}
