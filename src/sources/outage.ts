// A server that goes away in the middle of a pass: after a few failures in a row nothing more is asked for a while, so that thousands of secrets do not wait for it one by one.
import { VoxsyncError } from '../errors.ts';

/** Shorter than any schedule, so that the next pass asks again. */
const pauseMs = 5000;

export interface OutageWatch {
  /** Asks, unless the server is taken for down; throws then what it failed with last, and else what `ask` throws. */
  unlessDown<T>(ask: () => Promise<T>): Promise<T>;
}

export interface OutageSettings {
  /** The source's id, which opens messages. */
  readonly id: string;
  /** So many in a row are an outage, and until the next success each further one is. */
  readonly failures: number;
  /** Whether a failure is one of the whole server. */
  readonly isOutage: (error: VoxsyncError) => boolean;
}

export function createOutageWatch(
  { id, failures, isOutage }: OutageSettings,
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
        if (!(error instanceof VoxsyncError)) throw error;
        if (isOutage(error)) fail(error);
        // It has answered, whatever it said.
        else inARow = 0;
        throw error;
      }
    },
  };
}

function notAsked(id: string, { code, message, hint, remoteCode }: VoxsyncError): VoxsyncError {
  const cause = message.startsWith(`${id}: `) ? message.slice(id.length + 2) : message;
  const text = `${id}: not asked, because the requests before it failed: ${cause}`;
  return new VoxsyncError(code, text, { hint, remoteCode });
}
