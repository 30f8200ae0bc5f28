// Failures below the API: connections, deadlines, HTTP statuses, and answers that are not the API's.
import { VoxsyncError, kindOf } from '../../errors.ts';
import type { CallKind } from './error-codes.ts';

/** What ends before a connection exists cannot have reached the other side. */
const unsent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

const untrusted =
  /^(?:CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT|UNABLE_TO_(?:GET_ISSUER|VERIFY_LEAF))/;

/** A connection that could not be made, or broke. */
export function connectionError(thrown: unknown, call: CallKind): VoxsyncError {
  if (thrown instanceof VoxsyncError) return thrown;
  const kind = kindOf(thrown);
  if (untrusted.test(kind)) return certificateError(kind, call);
  return new VoxsyncError('target-unreachable', `${call.method} did not reach Voximplant: ${kind}`, {
    cause: thrown,
    isOutcomeUnknown: call.isWrite && !unsent.has(kind),
    remoteCode: kind,
  });
}

function certificateError(kind: string, call: CallKind): VoxsyncError {
  return new VoxsyncError('target-unreachable', `${call.method}: the certificate was not accepted: ${kind}`, {
    retryable: false,
    hint: 'If a proxy inspects TLS here, name its certificate authority in NODE_EXTRA_CA_CERTS.',
    remoteCode: kind,
  });
}

/** No complete answer in time. */
export function deadlineError(timeoutMs: number, call: CallKind): VoxsyncError {
  return new VoxsyncError('target-unreachable', `${call.method} was not answered within ${timeoutMs} ms`, {
    isOutcomeUnknown: call.isWrite,
    remoteCode: 'timeout',
  });
}

/** An answer that arrived and makes no sense; `what` is half a sentence that quotes nothing of it. */
export function answerError(what: string, call: CallKind, remoteCode?: number): VoxsyncError {
  return new VoxsyncError('target-answer-invalid', `Voximplant answered ${call.method} with ${what}`, {
    isOutcomeUnknown: call.isWrite,
    remoteCode,
  });
}

/** What an HTTP status says where no API error says more; `undefined` for 200. */
export function statusError(
  status: number,
  call: CallKind,
  retryAfterMs: number | undefined,
): VoxsyncError | undefined {
  if (status === 200) return undefined;
  const message = `Voximplant answered ${call.method} with HTTP ${status}`;
  const details = { remoteCode: status, retryAfterMs };
  if (status === 429) return new VoxsyncError('target-throttled', message, details);
  if (status === 401 || status === 403 || status === 407) {
    return new VoxsyncError('target-refused', message, {
      ...details,
      hint: 'Something before the API refused the call: check the endpoint, and proxies and firewalls on the way.',
    });
  }
  if (status >= 500 || status === 408) {
    return new VoxsyncError('target-unreachable', message, { ...details, isOutcomeUnknown: call.isWrite });
  }
  return new VoxsyncError('target-answer-invalid', message, {
    ...details,
    retryable: false,
    isOutcomeUnknown: call.isWrite && status < 300,
  });
}

/** `Retry-After` in milliseconds, from seconds or from an HTTP date; `undefined` when there is none to understand. */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  if (!/^[A-Za-z]{3},? /.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}
