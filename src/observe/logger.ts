// The program's log: JSON lines with fixed messages and data beside them, or the same for people.
import { pino } from 'pino';
import type { DestinationStream, Level, Logger as PinoLogger } from 'pino';
import { VoxsyncError } from '../errors.ts';
import type { Mask } from './mask.ts';
import { prettyLine } from './pretty.ts';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';

/** What a line says beside its message; put together only where the level is shown, if it is a function. */
export type LogData = Readonly<Record<string, unknown>> | (() => Readonly<Record<string, unknown>>);

/** What the rest of the program sees of the logger: a fixed message, and data that holds no value. */
export type Logger = Readonly<Record<LogLevel, (data: LogData, message: string) => void>>;

export interface LoggerSettings {
  readonly level: LogLevel;
  readonly format: 'json' | 'pretty';
  /** Strikes values out of every line. */
  readonly mask?: Mask | undefined;
  readonly write: (line: string) => void;
}

/** Builds a logger on `write`, which gets whole lines. */
export function createLogger({ level, format, mask, write }: LoggerSettings): Logger {
  const writeMasked = (line: string): void => write(mask?.apply(line) ?? line);
  const destination: DestinationStream = {
    write: format === 'json' ? writeMasked : (line) => writeMasked(prettyLine(line)),
  };
  const logger: PinoLogger = pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label: string) => ({ level: label }) },
      serializers: { error: serializeError },
    },
    destination,
  );
  const at = (name: Level) => (data: LogData, message: string) => {
    if (logger.isLevelEnabled(name)) logger[name](typeof data === 'function' ? data() : data, message);
  };
  return { trace: at('trace'), debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** Errors of other libraries carry requests, headers and bodies; only a short list of fields of our own is let through. */
function serializeError(error: unknown): Readonly<Record<string, unknown>> {
  if (error instanceof VoxsyncError) {
    const { code, message, hint, remoteCode } = error;
    return { code, message, hint, remoteCode };
  }
  return { code: 'unexpected', kind: error instanceof Error ? error.name : typeof error };
}
