// What the README says of a fault: the code of ours that it is told under, the exit code, and the words that name the cause.
import { readFileSync } from 'node:fs';
import type { EmulatorFault } from '../../src/emulator/emulator.ts';
import { readmeFile, tableOf } from '../readme.ts';

export const methods = [
  'GetApplications',
  'GetSecrets',
  'GetSecretValue',
  'AddSecret',
  'SetSecretInfo',
  'DelSecret',
] as const;
export type Method = (typeof methods)[number];

export const writes: readonly Method[] = ['AddSecret', 'SetSecretInfo', 'DelSecret'];
export const listings: readonly Method[] = ['GetApplications', 'GetSecrets'];

/** A fault, which calls of which method it hits, and whether it stays. */
export interface Cell {
  readonly method: Method;
  readonly fault: EmulatorFault;
  readonly count: 1 | 'all';
}

const readme = readFileSync(readmeFile, 'utf8');

const exitByCode = new Map(
  tableOf(readme, '### Error codes').map(([code = '', exit = '']) => [plain(code), Number(exit)]),
);

const codeByNumber = new Map(
  tableOf(readme, '### Codes of the Voximplant API').flatMap(([numbers = '', code = '']) =>
    numbers.split(', ').map((number) => [Number(number), plain(code)] as const),
  ),
);

function plain(cell: string): string {
  return cell.replaceAll('`', '');
}

/** An error number that no table has. */
export const unknownNumber = 7777;
/** Signed anew at once, so that a second token is an answer of its own. */
const tokenExpired = 456;

/** Our code for the fault, by the README. */
export function codeOf({ method, fault }: Pick<Cell, 'method' | 'fault'>): string {
  const { kind, code = 2, status = 503 } = fault;
  if (kind === 'http') return codeOfStatus(status);
  if (kind === 'truncated') return 'target-answer-invalid';
  if (kind !== 'error') return 'target-unreachable';
  const told = codeByNumber.get(code) ?? 'secret-refused';
  // There is no secret that it could be about.
  return told === 'secret-refused' && listings.includes(method) ? 'target-refused' : told;
}

function codeOfStatus(status: number): string {
  if (status === 429) return 'target-throttled';
  return status >= 500 ? 'target-unreachable' : 'target-refused';
}

/** The exit code of a pass that meets the fault. */
export function exitCodeOf(cell: Cell): number {
  const { method, fault, count } = cell;
  if (isResolvedByLooking(cell)) return 0;
  const exit = exitByCode.get(codeOf(cell)) ?? Number.NaN;
  if (count === 'all') return exit;
  const number = fault.kind === 'error' ? fault.code : undefined;
  // What is unreachable or throttled is tried again.
  if (exit === 6 || number === tokenExpired) return 0;
  const isRefusedParameter =
    number !== undefined && (codeByNumber.get(number) ?? 'secret-refused') === 'secret-refused';
  // A smaller page is asked for; a list of secrets to delete is taken apart.
  if (isRefusedParameter && (listings.includes(method) || method === 'DelSecret')) return 0;
  return exit;
}

/** A write that took effect though its answer was lost: the listing shows it. */
function isResolvedByLooking({ method, fault: { kind, isCommitted } }: Cell): boolean {
  const isAnswerLost =
    kind === 'reset-after' || kind === 'cut' || kind === 'truncated' || isCommitted === true;
  return writes.includes(method) && isAnswerLost;
}

/** How the message names the cause. */
export function wordsFor({ method, fault: { kind, code, status = 503 } }: Cell): RegExp {
  const words: Readonly<Record<EmulatorFault['kind'], string>> = {
    error: `answered ${method} with error ${code}:`,
    http: `answered ${method} with HTTP ${status}`,
    html: `answered ${method} with HTTP 502`,
    'reset-before': `${method} did not reach Voximplant: `,
    'reset-after': `${method} did not reach Voximplant: `,
    cut: `${method} did not reach Voximplant: `,
    hang: `${method} was not answered within `,
    truncated: `answered ${method} with something that is not JSON, or was cut off`,
  };
  return new RegExp(words[kind]);
}
