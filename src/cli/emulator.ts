// `voxsync emulator`: the Voximplant Management API on a local port, until the process is asked to end.
import { readFile } from 'node:fs/promises';
import { kindOf, VoxsyncError } from '../errors.ts';
import {
  describeSwitches,
  emulatorEmail,
  EmulatorSettingError,
  parseFault,
  parseSwitches,
  readSwitches,
  startEmulator,
  writeCredentialsFile,
} from '../emulator/emulator.ts';
import type { Emulator, EmulatorSwitches } from '../emulator/emulator.ts';
import type { Io } from './io.ts';
import { writeLines } from './io.ts';

export interface EmulatorCommandOptions {
  readonly port: number;
  readonly credentials: string;
  readonly application: readonly string[];
  readonly option: readonly string[];
  readonly options?: string | undefined;
  readonly fault: readonly string[];
  readonly latency: number;
  readonly listOptions?: boolean | undefined;
}

/** Runs until SIGINT or SIGTERM. Each call is one JSON line on stderr, without values. */
export async function emulatorCommand(options: EmulatorCommandOptions, io: Io): Promise<number> {
  if (options.listOptions === true) {
    writeLines(io.out, switchLines());
    return 0;
  }
  await refuseForeignFile(options.credentials);
  const emulator = await start(options);
  try {
    await writeCredentialsFile(options.credentials, emulator.credentials);
    writeLines(io.out, welcomeLines(emulator, options.credentials));
    emulator.journal.follow((entry) => io.err(`${JSON.stringify(entry)}\n`));
    await untilAborted(io.interruption.stopping);
  } finally {
    await emulator.close();
  }
  return io.interruption.exitCode() ?? 0;
}

/** A real key lies under the same name as often as not: only a file of an emulator is replaced. */
async function refuseForeignFile(file: string): Promise<void> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (kindOf(error) === 'ENOENT') return undefined;
    throw new VoxsyncError('usage-invalid', `${file} cannot be read: ${kindOf(error)}`);
  });
  if (text === undefined || text.includes(`"${emulatorEmail}"`)) return;
  throw new VoxsyncError('usage-invalid', `${file} exists, and no emulator wrote it`, {
    hint: 'Name another file with --credentials; it would have been overwritten.',
  });
}

async function start(options: EmulatorCommandOptions): Promise<Emulator> {
  try {
    const switches: Partial<EmulatorSwitches> = {
      ...(await fileSwitches(options.options)),
      ...givenSwitches(options.option),
    };
    const applications = options.application.map((name) => ({ name }));
    // Everything that can be refused is read before anything is opened.
    const faults = options.fault.map(parseFault);
    const emulator = await startEmulator({
      port: options.port,
      latencyMs: options.latency,
      switches,
      applications,
    });
    for (const fault of faults) emulator.faults.add(fault);
    return emulator;
  } catch (error) {
    if (error instanceof EmulatorSettingError) {
      throw new VoxsyncError('usage-invalid', error.message, {
        hint: '`voxsync emulator --list-options` shows every option.',
      });
    }
    if (kindOf(error) === 'EADDRINUSE') {
      throw new VoxsyncError('usage-invalid', `port ${options.port} is in use`, {
        hint: 'Take another --port; 0 finds a free one.',
      });
    }
    throw error;
  }
}

/** Only the switches that were given, so that those of a file keep their values. */
function givenSwitches(list: readonly string[]): Partial<EmulatorSwitches> {
  const given = new Set(list.map((entry) => entry.split('=')[0]));
  return Object.fromEntries(Object.entries(parseSwitches(list)).filter(([key]) => given.has(key)));
}

async function fileSwitches(file: string | undefined): Promise<Partial<EmulatorSwitches>> {
  if (file === undefined) return {};
  try {
    return readSwitches(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (error instanceof EmulatorSettingError) throw error;
    throw new VoxsyncError('usage-invalid', `${file} cannot be read as JSON: ${kindOf(error)}`);
  }
}

function* welcomeLines({ url, apiKey, credentials }: Emulator, file: string): Generator<string> {
  yield `endpoint:    ${url}`;
  yield `credentials: ${file}`;
  yield `by hand:     curl -d account_id=${credentials.account_id} -d api_key=${apiKey} -d application_name=NAME ${url}/GetSecrets`;
  yield 'Give the account of your config this endpoint and these credentials. Ctrl-C ends it, and its secrets with it.';
}

function* switchLines(): Generator<string> {
  for (const { key, default: preset, values, meaning } of describeSwitches()) {
    yield `${key}=${preset}`;
    yield `    ${meaning} (${values})`;
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    // A server keeps the process alive; the listener only waits for its end.
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
