// From an answer that carries a value to a reading: the value goes into its box at once.
import { SecretBox } from '../../secret/box.ts';
import type { Content, Reading } from '../source.ts';
import { answerInvalid } from './failures.ts';
import type { Call } from './kinds.ts';
import type { NamedSecret } from './naming.ts';
import { isSameSecret } from './naming.ts';
import { versionOf } from './versions.ts';

/** What GetSecretValue and BatchGetSecretValue tell of a secret; the SDK does not check that it has these types. */
export interface ValueEntry extends NamedSecret {
  readonly VersionId?: unknown;
  readonly SecretString?: unknown;
  readonly SecretBinary?: unknown;
}

/** The reading of the secret that `call` asked for, with the version that was read. */
export function readingOf(entry: ValueEntry, call: Call & { readonly secret: string }): Reading {
  const content = contentOf(entry);
  if (!isSameSecret(call.secret, entry)) return unresolved(call, 'answered for another secret');
  if (typeof entry.VersionId !== 'string' || entry.VersionId === '')
    return unresolved(call, 'gave no version id');
  if (content === undefined) return unresolved(call, 'gave no value');
  return { state: 'present', version: versionOf(entry.VersionId), content };
}

function contentOf({ SecretString, SecretBinary }: ValueEntry): Content | undefined {
  if (typeof SecretString === 'string') return { form: 'text', box: new SecretBox(SecretString) };
  if (!(SecretBinary instanceof Uint8Array)) return undefined;
  return { form: 'base64', box: new SecretBox(Buffer.from(SecretBinary).toString('base64')) };
}

function unresolved(call: Call, problem: string): Reading {
  return { state: 'unresolved', error: answerInvalid(call, problem) };
}
