// Reading what we prove ourselves with to a source or to Voximplant: from a file or from an environment variable, never from the config.
import { readFile } from 'node:fs/promises';
import { kindOf, VoxsyncError } from './errors.ts';
import { SecretBox } from './secret/box.ts';
import { decodeText } from './secret/text.ts';

/** Where a credential is: in a file (absolute path) or in an environment variable. */
export type Credential = { readonly file: string } | { readonly env: string };

/**
 * The credential as it is now, without line ends behind it; `what` opens messages (`vault: auth.token`).
 * Throws an error of the code given, which names the file or the variable and tells nothing of the content.
 */
export async function readCredential(
  credential: Credential,
  what: string,
  code: 'source-invalid' | 'credentials-invalid' = 'source-invalid',
): Promise<SecretBox> {
  const invalid = (problem: string) => new VoxsyncError(code, `${what}: ${problem}`);
  const place =
    'file' in credential ? `the file ${credential.file}` : `the environment variable ${credential.env}`;
  const text = 'file' in credential ? await readText(credential.file, invalid) : process.env[credential.env];
  if (text === undefined) throw invalid(`${place} is not set`);
  if (text.trim() === '') throw invalid(`${place} is empty`);
  return new SecretBox(text.replace(/[\r\n]+$/, ''));
}

async function readText(file: string, invalid: (problem: string) => VoxsyncError): Promise<string> {
  const bytes = await readFile(file).catch((error: unknown) => {
    const kind = kindOf(error);
    throw invalid(`the file ${file} ${kind === 'ENOENT' ? 'does not exist' : `cannot be read: ${kind}`}`);
  });
  const text = decodeText(bytes);
  if (text === undefined) throw invalid(`the file ${file} is not UTF-8 text`);
  return text;
}
