// How a process is asked to end: SIGINT or SIGTERM stops new work, a second one cuts what is under way.
// SIGHUP is left alone: a terminal that closes ends us the usual way.

/** Two signals for two wishes. */
export interface Interruption {
  /** Nothing new starts; what is in flight finishes. */
  readonly stopping: AbortSignal;
  /** What is in flight is cut too. */
  readonly aborting: AbortSignal;
  /** 130 after SIGINT, 143 after SIGTERM, `undefined` while nobody asked. */
  readonly exitCode: () => number | undefined;
  /** Takes the handlers away again. */
  readonly release: () => void;
}

const exitCodeBySignal = { SIGINT: 130, SIGTERM: 143 } as const;

/** Installs the handlers. Node as PID 1 ignores SIGTERM until this is done, so it comes first. */
export function watchSignals(process: NodeJS.Process): Interruption {
  const stop = new AbortController();
  const abort = new AbortController();
  let exitCode: number | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    if (stop.signal.aborted) abort.abort(interruptedBy(signal));
    exitCode ??= signal === 'SIGINT' ? exitCodeBySignal.SIGINT : exitCodeBySignal.SIGTERM;
    stop.abort(interruptedBy(signal));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    stopping: stop.signal,
    aborting: abort.signal,
    exitCode: () => exitCode,
    release: () => {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}

function interruptedBy(signal: NodeJS.Signals): DOMException {
  return new DOMException(`interrupted by ${signal}`, 'AbortError');
}
