// Reading what a source proves itself with: from a file or from an environment variable, never from the config.
import { readFile } from 'node:fs/promises';
import { kindOf, VoxsyncError } from '../errors.ts';
import { SecretBox } from '../secret/box.ts';
import { decodeText } from './local.ts';

/** Where a credential is: in a file (absolute path) or in an environment variable. */
export type Credential = { readonly file: string } | { readonly env: string };

/**
 * The credential as it is now, without line ends behind it; `what` opens messages (`vault: auth.token`).
 * Throws `source-invalid`, which names the file or the variable and tells nothing of the content.
 */
export async function readCredential(credential: Credential, what: string): Promise<SecretBox> {
  const place =
    'file' in credential ? `the file ${credential.file}` : `the environment variable ${credential.env}`;
  const text = 'file' in credential ? await readText(credential.file, what) : process.env[credential.env];
  if (text === undefined) throw invalid(what, `${place} is not set`);
  if (text.trim() === '') throw invalid(what, `${place} is empty`);
  return new SecretBox(text.replace(/[\r\n]+$/, ''));
}

async function readText(file: string, what: string): Promise<string> {
  const bytes = await readFile(file).catch((error: unknown) => {
    const kind = kindOf(error);
    throw invalid(
      what,
      `the file ${file} ${kind === 'ENOENT' ? 'does not exist' : `cannot be read: ${kind}`}`,
    );
  });
  const text = decodeText(bytes);
  if (text === undefined) throw invalid(what, `the file ${file} is not UTF-8 text`);
  return text;
}

function invalid(what: string, problem: string): VoxsyncError {
  return new VoxsyncError('source-invalid', `${what}: ${problem}`);
}
