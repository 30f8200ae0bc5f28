// Finding and reading the config file.
import { access, open } from 'node:fs/promises';
import path from 'node:path';
import { kindOf, VoxsyncError } from '../errors.ts';
import type { Config } from './config.ts';
import type { Environment } from './interpolate.ts';
import { parseConfig } from './parse.ts';

const sizeLimit = 1024 * 1024;
const usualFiles = ['voxsync.yaml', path.join('config', 'voxsync.yaml')];
const whereHint = 'Name the file with --config or VOXSYNC_CONFIG.';

/** The file to load: the one given, else that of VOXSYNC_CONFIG, else the first of the usual ones that exists. Throws `config-invalid`. */
export async function findConfig(
  given: string | undefined,
  environment: Environment,
  directory: string = '.',
): Promise<string> {
  const named = given ?? environment['VOXSYNC_CONFIG'];
  if (named !== undefined && named !== '') return named;
  for (const file of usualFiles) {
    const candidate = path.join(directory, file);
    if (await isThere(candidate)) return candidate;
  }
  throw new VoxsyncError('config-invalid', `there is no ${usualFiles.join(' and no ')} here`, {
    hint: whereHint,
  });
}

/** Loads a config. Throws `ConfigError` with every problem at once, or `config-invalid` where the file cannot be read. */
export async function loadConfig(file: string, environment: Environment): Promise<Config> {
  return parseConfig(await readText(file), file, environment);
}

async function isThere(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
}

async function readText(file: string): Promise<string> {
  const bytes = await readBytes(file);
  if (bytes.length > sizeLimit)
    throw new VoxsyncError('config-invalid', `${file} is larger than 1 MiB`, {
      hint: 'Is it a voxsync config?',
    });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new VoxsyncError('config-invalid', `${file} is not UTF-8 text`, { hint: 'Save it as UTF-8.' });
  }
}

/** Reads as a stream and no more than needed, so that pipes work and endless files end. */
async function readBytes(file: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    const handle = await open(file);
    for await (const chunk of handle.createReadStream({ end: sizeLimit })) chunks.push(Buffer.from(chunk));
  } catch (error) {
    throw new VoxsyncError('config-invalid', `${file} cannot be read: ${kindOf(error)}`, { hint: whereHint });
  }
  return Buffer.concat(chunks);
}
