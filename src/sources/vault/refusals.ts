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
}

const unavailable: Readonly<Record<number, string>> = {
  412: 'has not caught up with its active node yet',
  472: 'is a disaster recovery standby, which answers no reads',
  473: 'is a performance standby that cannot answer this',
  501: 'is not initialised',
  503: 'is sealed, or under maintenance',
};

/** How long a standby is given to catch up, before it is asked again. */
const lagMs = 500;

/** The error that an answer stands for. Vault's own words are quoted where they are short. */
export function refusalOf(id: string, question: Question, answer: Answer): VoxsyncError {
  const { status } = answer;
  const asked = `${question.capability} ${question.shown}`;
  const words = quote(answer);
  if (status === 403) {
    return tell('source-refused', status, `${id}: Vault refused to ${asked}${words}`, {
      hint: `Give the policy of this identity the capability \`${question.capability}\` on \`${question.shown}\`, and check that its token is valid.`,
    });
  }
  const down = unavailable[status];
  if (down !== undefined) {
    const wait = status === 412 ? { retryAfterMs: lagMs } : {};
    return tell('source-unreachable', status, `${id}: Vault ${down}${words}`, wait);
  }
  if (status >= 500) return tell('source-unreachable', status, `${id}: Vault failed to ${asked}${words}`);
  if (status === 404) {
    return tell('source-invalid', status, `${id}: Vault knows no path for ${question.shown}${words}`, {
      hint: 'Check `mount`, `namespace` and `kvVersion` of the source.',
    });
  }
  return tell('source-answer-invalid', status, `${id}: Vault did not ${asked}${words}`);
}

/** Whether a thrown thing says that Vault forbids the path to this identity. */
export function isForbidden(error: unknown): error is VoxsyncError {
  return error instanceof VoxsyncError && error.remoteCode === 403;
}

/** What keeps Vault from answering, as half a sentence; `undefined` for any other status. */
export function unavailability(status: number): string | undefined {
  return unavailable[status] ?? (status >= 500 ? 'has failed' : undefined);
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
