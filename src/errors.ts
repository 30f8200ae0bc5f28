// The error catalogue: every failure a user can meet, what it means for the exit code, whether trying again can help, and what to do.

/** What the process says to its caller; see the README. */
export const exitCodes = {
  converged: 0,
  unexpected: 1,
  usage: 2,
  someFailed: 3,
  sourceRefused: 4,
  targetRefused: 5,
  unreachable: 6,
  guardRefused: 7,
  changesPending: 10,
} as const;

interface Entry {
  readonly exit: number;
  readonly retryable: boolean;
  /** What to do, unless the place that throws knows better. */
  readonly hint: string;
}

const catalogue = {
  unexpected: {
    exit: exitCodes.unexpected,
    retryable: false,
    hint: 'This is a defect of voxsync: report it with this message and the version.',
  },
  'usage-invalid': { exit: exitCodes.usage, retryable: false, hint: 'See `voxsync --help`.' },
  'config-invalid': {
    exit: exitCodes.usage,
    retryable: false,
    hint: 'Mend the places named; `voxsync check` reads the file again.',
  },
  'credentials-invalid': {
    exit: exitCodes.usage,
    retryable: false,
    hint: 'Download a new credentials.json from the Voximplant control panel, or mend the one named.',
  },
  'source-refused': {
    exit: exitCodes.sourceRefused,
    retryable: false,
    hint: 'Give the identity that voxsync uses the permission named.',
  },
  'source-unreachable': {
    exit: exitCodes.unreachable,
    retryable: true,
    hint: 'Check the address, the network and the certificate of the source.',
  },
  'source-throttled': {
    exit: exitCodes.unreachable,
    retryable: true,
    hint: 'The source asks for fewer requests; the next pass tries again.',
  },
  'source-answer-invalid': {
    exit: exitCodes.someFailed,
    retryable: false,
    hint: 'The source answered something that is not its protocol: check the address, and proxies on the way.',
  },
  'source-invalid': {
    exit: exitCodes.someFailed,
    retryable: false,
    hint: 'Mend the source named; nothing was deleted because of it.',
  },
  'secret-not-found': {
    exit: exitCodes.someFailed,
    retryable: false,
    hint: 'Check the name, the region and the version in `from`, or remove the mapping.',
  },
  'secret-invalid': {
    exit: exitCodes.someFailed,
    retryable: false,
    hint: 'Mend the value in the source, or the mapping that uses it.',
  },
  'target-refused': {
    exit: exitCodes.targetRefused,
    retryable: false,
    hint: 'Check the key, the role of the service account, and the clock of this machine.',
  },
  'target-unreachable': {
    exit: exitCodes.unreachable,
    retryable: true,
    hint: 'Check the network and the endpoint; the next pass tries again.',
  },
  'target-throttled': {
    exit: exitCodes.unreachable,
    retryable: true,
    hint: 'The account was slowed down already, and the next pass tries again. If it stays, lower its `concurrency` or `requestsPerSecond`.',
  },
  'target-answer-invalid': {
    exit: exitCodes.unreachable,
    retryable: true,
    hint: 'Voximplant, or a gateway before it, answered something that is not the API: check the endpoint and proxies.',
  },
  'target-inconsistent': {
    exit: exitCodes.unreachable,
    retryable: true,
    hint: 'The listing changed while it was read; nothing was decided from it, and the next pass tries again.',
  },
  'application-not-found': {
    exit: exitCodes.someFailed,
    retryable: false,
    hint: 'Check `application` in the mapping and the account that it names.',
  },
  'secret-refused': {
    exit: exitCodes.someFailed,
    retryable: false,
    hint: 'Voximplant refused this one secret; the others were not affected.',
  },
  'name-taken': {
    exit: exitCodes.someFailed,
    retryable: false,
    hint: 'A secret of this name exists already; the next pass lists it and decides by `onConflict`.',
  },
  'secret-changed': {
    exit: exitCodes.someFailed,
    retryable: false,
    hint: 'Somebody changed or deleted it while the pass ran; it was left alone, and the next pass decides anew.',
  },
  'write-unconfirmed': {
    exit: exitCodes.someFailed,
    retryable: false,
    hint: 'Voximplant accepted the write, but the listing does not show it; the next pass tries again.',
  },
} as const satisfies Record<string, Entry>;

/** The closed list of failures. */
export type ErrorCode = keyof typeof catalogue;

export interface ErrorDetails {
  readonly hint?: string | undefined;
  /** Kept for the cause chain. Only its message is ever shown, and only when it is one of ours. */
  readonly cause?: unknown;
  readonly retryable?: boolean | undefined;
  /** How long the other side asked us to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** A write that may or may not have taken effect. */
  readonly isOutcomeUnknown?: boolean | undefined;
  /** The other side's own code, such as an API error number or an HTTP status. */
  readonly remoteCode?: string | number | undefined;
}

/** What the process exits with for a code of the catalogue. */
export function exitCodeOf(code: string): number {
  return isErrorCode(code) ? catalogue[code].exit : exitCodes.unexpected;
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(catalogue, code);
}

/** A failure told for its reader: a code, a sentence without any value, and what to do. */
export class VoxsyncError extends Error {
  override readonly name = 'VoxsyncError';
  readonly code: ErrorCode;
  readonly hint: string;
  readonly isRetryable: boolean;
  readonly isOutcomeUnknown: boolean;
  readonly retryAfterMs: number | undefined;
  readonly remoteCode: string | number | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint ?? catalogue[code].hint;
    this.isRetryable = details.retryable ?? catalogue[code].retryable;
    this.isOutcomeUnknown = details.isOutcomeUnknown ?? false;
    this.retryAfterMs = details.retryAfterMs;
    this.remoteCode = details.remoteCode;
  }

  /** What the process exits with when this failure ends it. */
  get exitCode(): number {
    return exitCodeOf(this.code);
  }
}

/** Any thrown thing as one of ours. The text of a stranger's error is not trusted to be free of values, so only its kind is told. */
export function asVoxsyncError(thrown: unknown, code: ErrorCode, what: string): VoxsyncError {
  if (thrown instanceof VoxsyncError) return thrown;
  return new VoxsyncError(code, `${what}: ${kindOf(thrown)}`, { cause: thrown });
}

/** The kind of a stranger's error: its system code (`ECONNREFUSED`), else its class. */
export function kindOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return typeof thrown;
  const inner = thrown.cause instanceof Error ? thrown.cause : thrown;
  const code = 'code' in inner && typeof inner.code === 'string' ? inner.code : undefined;
  return code ?? inner.name;
}

/** What to do about a file that the system keeps from us, by the kind of its error; `undefined` where it is something else. */
export function accessHint(kind: string): string | undefined {
  if (kind !== 'EACCES' && kind !== 'EPERM') return undefined;
  const uid = process.getuid?.();
  const user = uid === undefined ? '' : ` (uid ${uid})`;
  return `Give the user that voxsync runs as${user} read access to it, and search access to the folders above it.`;
}

/** Whether a thrown thing is our own abort signal speaking, not a failure of the other side. */
export function isAbort(thrown: unknown, signal: AbortSignal): boolean {
  return signal.aborted && !(thrown instanceof VoxsyncError);
}
