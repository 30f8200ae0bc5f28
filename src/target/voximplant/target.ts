// A Voximplant account as a target: reads and writes over one client, with one pace, one retry budget and one key.
import type { RetryTimes } from '../../retry.ts';
import type { SecretBox } from '../../secret/box.ts';
import { deriveAccountKeys } from '../../secret/keys.ts';
import type { Target } from '../target.ts';
import { sendRepeatedly } from './account.ts';
import { getAccountInfo, type AccountInfo } from './calls.ts';
import { createClient, type RequestEvent } from './client.ts';
import { readEndpoint } from './endpoint.ts';
import { describeAccount } from './identity.ts';
import { readCredentials } from './key.ts';
import { createRetryBudget } from './pace/budget.ts';
import { Pace, type PaceState } from './pace/pace.ts';
import { PageSize } from './page.ts';
import { privateKeyBytes } from './pem.ts';
import { createReader } from './reader.ts';
import { createTokenSource } from './token.ts';
import { ServerClock } from '../../server-clock.ts';
import { openTransport } from './transport.ts';
import { createWriter } from './writer.ts';

export interface VoximplantSettings {
  /** The account's id in the config, for messages. */
  readonly id: string;
  /** The text of credentials.json. */
  readonly credentials: SecretBox;
  /** Default: the production API. Plain http to a loopback address only. */
  readonly endpoint?: string | undefined;
  /** A child account to act on with the parent's key. */
  readonly childAccountId?: number | undefined;
  /** Calls under way at once; 8 by default. */
  readonly concurrency?: number | undefined;
  readonly requestsPerSecond?: number | undefined;
  /** For one call, 30,000 by default. */
  readonly timeoutMs?: number | undefined;
  readonly retry?: RetryTimes | undefined;
  /** How long the account rests after a refused rate, 1,000 by default: such limits count by the second. */
  readonly coolDownMs?: number | undefined;
  /** Told of every exchange, for metrics and tracing. */
  readonly onRequest?: ((event: RequestEvent) => void) | undefined;
  /** Told whenever the account is slowed down or stopped, and recovers. */
  readonly onPace?: ((state: PaceState) => void) | undefined;
}

/** A target that can also tell about its account. */
export interface VoximplantTarget extends Target {
  /** Works with every role: what is left when this succeeds and a listing is refused is a missing role. */
  accountInfo(signal: AbortSignal): Promise<AccountInfo>;
}

const defaultTimes: RetryTimes = { attempts: 5, minDelayMs: 500, maxDelayMs: 8000 };
const defaultConcurrency = 8;
const defaultTimeoutMs = 30_000;
const defaultCoolDownMs = 1000;
/** Repetitions that an account may have at once, for each call that may be under way. */
const retriesPerPlace = 10;

/** Checks the settings, begins to connect, and signs the first token; sends nothing yet. Throws `credentials-invalid` or `config-invalid`. */
export async function openVoximplantTarget(settings: VoximplantSettings): Promise<VoximplantTarget> {
  const credentials = readCredentials(settings.credentials);
  const times = settings.retry ?? defaultTimes;
  const concurrency = settings.concurrency ?? defaultConcurrency;
  const accountId = settings.childAccountId ?? credentials.accountId;
  const clock = new ServerClock();
  const transport = openTransport({
    endpoint: readEndpoint(settings.endpoint),
    connections: concurrency,
    timeoutMs: settings.timeoutMs ?? defaultTimeoutMs,
    clock,
  });
  const pace = new Pace({
    concurrency,
    requestsPerSecond: settings.requestsPerSecond,
    coolDownMs: settings.coolDownMs ?? defaultCoolDownMs,
    // More than one call can use up by itself, and more than one round of calls.
    failures: 2 * Math.max(times.attempts, concurrency),
    onChange: settings.onPace,
  });
  const tokens = createTokenSource(credentials, accountId, () => clock.toldMs());
  // Accounts are opened while sources are, so the first call need not wait for it.
  await tokens.current();
  const client = createClient({
    transport,
    tokens,
    pace,
    onRequest: settings.onRequest,
  });
  const budget = createRetryBudget(retriesPerPlace * Math.max(times.attempts, concurrency));
  const account = { client, times, budget, pageSize: new PageSize() };
  const accountInfo = (signal: AbortSignal) => sendRepeatedly(account, getAccountInfo(), signal);
  return {
    keys: deriveAccountKeys(privateKeyBytes(credentials.privateKey)),
    concurrency,
    now: () => Math.floor(clock.nowMs() / 1000),
    accountInfo,
    identify: async (signal) => describeAccount(settings.id, accountId, await accountInfo(signal)),
    ...createReader(account),
    ...createWriter(account),
    close: async () => {
      pace.close();
      await transport.close();
    },
  };
}
