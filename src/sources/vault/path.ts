// Paths in Vault: which ones can be addressed, and how they are written into a URL.
import { VoxsyncError } from '../../errors.ts';

/** A path of Vault's API, for the URL and for people. */
export interface VaultPath {
  /** Percent-encoded, without the leading slash. */
  readonly encoded: string;
  readonly shown: string;
}

/** Why a path cannot be addressed, as half a sentence; `undefined` when it can. */
export function pathProblem(path: string): string | undefined {
  if (path === '') return 'is empty';
  if (!path.isWellFormed()) return 'is not well-formed Unicode';
  if (/\p{Cc}/u.test(path)) return 'holds a control character';
  const segments = path.split('/');
  if (segments.includes('')) return 'has an empty part: a slash at its start, at its end or twice in a row';
  // URL parsers and servers resolve these two, so the request would go elsewhere.
  if (segments.some((segment) => segment === '.' || segment === '..')) return 'has a part `.` or `..`';
  return undefined;
}

/** A path of checked parts. */
export function joinPath(...parts: readonly string[]): VaultPath {
  const shown = parts.filter((part) => part !== '').join('/');
  return { shown, encoded: shown.split('/').map(encodeURIComponent).join('/') };
}

/** Throws `secret-invalid` for the path of a secret or folder that cannot be addressed. */
export function requireSecretPath(id: string, path: string): void {
  const problem = pathProblem(path);
  if (problem === undefined) return;
  throw new VoxsyncError('secret-invalid', `${id}: path ${JSON.stringify(path)} ${problem}`, {
    hint: 'Write the path as Vault shows it, without the mount: `voice/trunk`.',
  });
}
