// The API's error codes: what each means for us. Only the code is looked at; the text beside it may echo parameters.
import { VoxsyncError, type ErrorCode, type ErrorDetails } from '../../errors.ts';

/** How a code is to be read. */
interface Reading {
  readonly code: ErrorCode;
  /** Half a sentence. */
  readonly means: string;
  readonly hint?: string;
  readonly retryable?: boolean;
  /** Whether a write answered like this may have taken effect. */
  readonly leavesDoubt?: boolean;
  /** What the account had too much of; the limiter halves that for all its calls. */
  readonly halves?: Congestion;
}

/** Too many calls at once, or too many in a second. */
export type Congestion = 'concurrency' | 'rate';

/** The token ran out: sign again, once, at once. */
export const tokenExpired = 456;

const clockHint =
  "Set this machine's clock by NTP: tokens carry the time, and Voximplant compares it with its own.";
const billingHint = 'See to the account in the Voximplant control panel; nothing can be written until then.';
const applicationHint =
  'Check `application` in the mapping: the application may have been renamed or deleted.';

const internal = (means: string): Reading => ({ code: 'target-unreachable', means, leavesDoubt: true });
const parameter = (means: string): Reading => ({ code: 'secret-refused', means });
const defect = (means: string): Reading => ({
  code: 'target-refused',
  means,
  hint: 'Voximplant does not know this call: check the endpoint, or report it as a defect of voxsync.',
});
const application = (means: string): Reading => ({
  code: 'application-not-found',
  means,
  hint: applicationHint,
});
const account = (means: string): Reading => ({ code: 'target-refused', means, hint: billingHint });
const throttled = (halves: Congestion, means: string): Reading => ({
  code: 'target-throttled',
  means,
  halves,
});
const clock = (means: string): Reading => ({ code: 'target-refused', means, hint: clockHint });

const readings: Readonly<Record<number, Reading>> = {
  1: internal('a fatal error on its side'),
  2: internal('an internal error'),
  4: internal('a database error'),
  100: {
    code: 'target-refused',
    means: 'authorization failed',
    hint: 'One of three: the key is wrong or was deleted, the clock of this machine is off, or the service account lacks a role (Owner, Admin or Developer). `voxsync check --online` tells a missing role from the other two.',
  },
  101: parameter('an invalid parameter'),
  102: defect('no command'),
  103: defect('an unknown command'),
  104: defect('a forbidden command'),
  107: application('an invalid application name'),
  116: application('an invalid application id'),
  127: account('the account is out of money'),
  131: account('the account is not activated'),
  134: parameter('a parameter that is too long'),
  162: throttled('rate', 'try again later'),
  281: account('the account is not verified'),
  314: throttled('concurrency', 'too many calls at once'),
  317: account('the account must be upgraded'),
  340: throttled('rate', 'the rate limit'),
  416: throttled('concurrency', 'too many calls at once'),
  // The HTTP status, in case the body repeats it as a code.
  429: throttled('rate', 'too many requests'),
  447: clock('a malformed token'),
  454: clock('a token that lives too long'),
  455: clock('a token from the future'),
  [tokenExpired]: clock('an expired token, even when signed anew'),
  458: parameter('two parameters of which one is allowed'),
  477: parameter('a forbidden parameter'),
  // About this one call, not about the account: it halves nothing.
  484: {
    code: 'target-throttled',
    means: 'a call that looks sent twice',
    hint: 'Voximplant took the call for an automatic repetition; the next pass tries again.',
    leavesDoubt: true,
  },
  485: parameter('a missing parameter'),
  492: parameter('a parameter that is not allowed'),
  493: { code: 'name-taken', means: 'the name is not unique' },
  496: parameter('an invalid parameter, or a secret that does not exist'),
  499: parameter('a parameter beyond its limits'),
  512: throttled('rate', 'the same operation too recently'),
  515: throttled('rate', 'too many operations'),
  558: application('the application does not exist'),
};

/** What a failure says the account had too much of; `undefined` when it is no congestion. */
export function congestionOf({ code, remoteCode }: VoxsyncError): Congestion | undefined {
  return code === 'target-throttled' ? readings[Number(remoteCode)]?.halves : undefined;
}

/** Which call it was. */
export interface CallKind {
  readonly method: string;
  readonly isWrite: boolean;
}

/** The failure that an error code stands for. An unknown code is final for the one secret, and says its number. */
export function errorForCode(code: number, call: CallKind, retryAfterMs?: number): VoxsyncError {
  const reading = readings[code] ?? { code: 'secret-refused', means: 'an error that voxsync does not know' };
  const details: ErrorDetails = {
    hint: reading.hint,
    retryable: reading.retryable,
    retryAfterMs,
    isOutcomeUnknown: call.isWrite && reading.leavesDoubt === true,
    remoteCode: code,
  };
  return new VoxsyncError(
    reading.code,
    `Voximplant answered ${call.method} with error ${code}: ${reading.means}`,
    details,
  );
}
