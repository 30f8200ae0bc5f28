// What every command that works on a config opens first: the config, the log, the accounts and the sources.
import { compose } from '../compose.ts';
import type { Composition, ComposeOptions } from '../compose.ts';
import type { Config } from '../config/config.ts';
import { findConfig, loadConfig } from '../config/load.ts';
import type { Logger, LogLevel } from '../observe/logger.ts';
import { createLogger } from '../observe/logger.ts';
import { Mask } from '../observe/mask.ts';
import { createPaceLog } from '../observe/pace-log.ts';
import type { Io } from './io.ts';

/** The options that every command takes. */
export interface SessionOptions {
  readonly config?: string | undefined;
  readonly logLevel?: LogLevel | undefined;
  readonly logFormat?: 'json' | 'pretty' | undefined;
}

export interface Session {
  readonly config: Config;
  readonly logger: Logger;
  /** What the log strikes out. */
  readonly mask: Mask;
}

/** Loads the config and builds the log on `write`. Throws `config-invalid`. */
export async function openSession(
  options: SessionOptions,
  io: Io,
  write: (line: string) => void,
): Promise<Session> {
  const config = await loadConfig(await findConfig(options.config, io.env), io.env);
  const mask = new Mask();
  const format = options.logFormat ?? config.log.format ?? (io.isErrTerminal ? 'pretty' : 'json');
  const logger = createLogger({ level: options.logLevel ?? config.log.level, format, mask, write });
  return { config, logger, mask };
}

/** Opens accounts and sources, does the work, and closes them whatever happened. */
export async function withComposition<T>(
  { config, logger }: Session,
  work: (composition: Composition) => Promise<T>,
  { onRequest, onPace, clock }: ComposeOptions = {},
): Promise<T> {
  const logPace = createPaceLog(logger);
  const composition = await compose(config, {
    clock,
    onRequest: (facts) => {
      logger.trace({ ...facts }, 'request');
      onRequest?.(facts);
    },
    onPace: (facts) => {
      logPace(facts);
      onPace?.(facts);
    },
  });
  try {
    return await work(composition);
  } finally {
    await composition.close();
  }
}
