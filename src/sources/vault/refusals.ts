// Answers of Vault that are errors, told for the person who has to mend them.
import { VoxsyncError, type ErrorCode } from '../../errors.ts';
import { errorsOf, type Answer } from './answers.ts';

/** What was asked, for the message. */
export interface Question {
  readonly capability: 'read' | 'list';
  /** The path for people. */
  readonly shown: string;
  /** There is another way where this one is refused. */
  readonly isOptional?: boolean;
  /** For whom; left out where it does not matter. */
  readonly identity?: string | undefined;
}

interface Outage {
  readonly problem: string;
  readonly hint: string;
  /** How soon it may be over. */
  readonly retryAfterMs?: number;
}

const outages: Readonly<Record<number, Outage>> = {
  412: {
    problem: 'has not caught up with its active node yet',
    hint: 'The next pass tries again.',
    retryAfterMs: 500,
  },
  472: {
    problem: 'is a disaster recovery standby, which answers no reads',
    hint: 'Set `address` to the primary cluster.',
  },
  473: {
    problem: 'is a performance standby that cannot answer this',
    hint: 'Set `address` to the active node, or to what balances the load in front of the cluster.',
  },
  501: { problem: 'is not initialised', hint: 'Initialise and unseal it, or mend `address`.' },
  503: {
    problem: 'is sealed, or under maintenance',
    hint: 'Unseal it, or wait for the end of the maintenance; the next pass tries again.',
  },
};

const failure: Outage = {
  problem: 'has failed',
  hint: 'Look into the log of Vault, and of a gateway before it; the next pass tries again.',
};

/** The error that an answer stands for. Vault's own words are quoted where they are short. */
export function refusalOf(id: string, question: Question, answer: Answer): VoxsyncError {
  const { status } = answer;
  const { capability, shown, identity } = question;
  const asked = `${capability} ${shown}`;
  const words = quote(answer);
  if (status === 403) {
    const whom = identity === undefined ? '' : ` for ${identity}`;
    return tell('source-refused', status, `${id}: Vault refused to ${asked}${whom}${words}`, {
      hint: `Give the policy of this identity the capability \`${capability}\` on \`${shown}\`, and check that its token is valid.`,
    });
  }
  const outage = outageOf(status);
  if (outage !== undefined) {
    const problem = outage === failure ? `failed to ${asked}` : outage.problem;
    return tell('source-unreachable', status, `${id}: Vault ${problem}${words}`, outage);
  }
  if (status === 404) {
    return tell('source-invalid', status, `${id}: Vault knows no path for ${shown}${words}`, {
      hint: 'Check `mount`, `namespace` and `kvVersion` of the source.',
    });
  }
  return tell('source-answer-invalid', status, `${id}: Vault did not ${asked}${words}`);
}

/** Whether a thrown thing says that Vault forbids the path to this identity. */
export function isForbidden(error: unknown): error is VoxsyncError {
  return error instanceof VoxsyncError && error.remoteCode === 403;
}

/** The error for an answer that says only that Vault is not there for us; `undefined` for any other. */
export function unavailability(id: string, undone: string, { status }: Answer): VoxsyncError | undefined {
  const outage = outageOf(status);
  return (
    outage &&
    tell('source-unreachable', status, `${id}: ${undone}: Vault ${outage.problem} (${status})`, outage)
  );
}

function outageOf(status: number): Outage | undefined {
  return outages[status] ?? (status >= 500 ? failure : undefined);
}

function tell(
  code: ErrorCode,
  status: number,
  message: string,
  details: { readonly hint?: string; readonly retryAfterMs?: number } = {},
): VoxsyncError {
  return new VoxsyncError(code, message, { ...details, remoteCode: status });
}

function quote({ status, body }: Answer): string {
  const words = (errorsOf(body) ?? [])
    .join('; ')
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  return words === '' || words.length >= 200 ? ` (${status})` : ` (${status}: ${words})`;
}

/** 502 and 504 are a gateway's. Any other status may be about the one path. */
const outageStatuses: ReadonlySet<unknown> = new Set([undefined, 502, 503, 504]);

/** Whether a failure is one of the whole server. */
export function isOutage({ code, remoteCode }: VoxsyncError): boolean {
  return code === 'source-unreachable' && outageStatuses.has(remoteCode);
}
