// Reading what we prove ourselves with to a source or to Voximplant: from a file or from an environment variable, never from the config.
import { readFile } from 'node:fs/promises';
import { accessHint, kindOf, VoxsyncError } from './errors.ts';
import { SecretBox } from './secret/box.ts';
import { decodeText } from './secret/text.ts';

/** Where a credential is: in a file (absolute path) or in an environment variable. */
export type Credential = { readonly file: string } | { readonly env: string };

type Invalid = (problem: string, hint?: string) => VoxsyncError;

/**
 * The credential as it is now, without line ends behind it; `what` opens messages (`vault: auth.token`).
 * Throws an error of the code given, which names the file or the variable and tells nothing of the content.
 */
export async function readCredential(
  credential: Credential,
  what: string,
  code: 'source-invalid' | 'credentials-invalid' = 'source-invalid',
): Promise<SecretBox> {
  const place = credentialPlace(credential);
  const invalid: Invalid = (problem, hint) =>
    new VoxsyncError(code, `${what}: ${place} ${problem}`, { hint });
  const text = 'file' in credential ? await readText(credential.file, invalid) : process.env[credential.env];
  if (text === undefined) throw invalid('is not set', 'Set it for the process that runs voxsync.');
  if (text.trim() === '') throw invalid('is empty');
  return new SecretBox(text.replace(/[\r\n]+$/, ''));
}

/** Where a credential is, for people. */
export function credentialPlace(credential: Credential): string {
  return 'file' in credential ? `the file ${credential.file}` : `the environment variable ${credential.env}`;
}

async function readText(file: string, invalid: Invalid): Promise<string> {
  const bytes = await readFile(file).catch((error: unknown) => {
    const kind = kindOf(error);
    if (kind === 'ENOENT') throw invalid('does not exist', 'Put it there, or mend the path in the config.');
    throw invalid(`cannot be read: ${kind}`, accessHint(kind));
  });
  const text = decodeText(bytes);
  if (text === undefined) throw invalid('is not UTF-8 text');
  return text;
}
