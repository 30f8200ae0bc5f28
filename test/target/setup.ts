// What the target's tests share: an emulator with a target over it, and retries that do not make anybody wait.
import {
  startEmulator,
  type Credentials,
  type Emulator,
  type EmulatorOptions,
} from '../../src/emulator/emulator.ts';
import { VoxsyncError } from '../../src/errors.ts';
import { SecretBox } from '../../src/secret/box.ts';
import {
  openVoximplantTarget,
  type VoximplantSettings,
  type VoximplantTarget,
} from '../../src/target/voximplant/target.ts';

export const quick = { attempts: 5, minDelayMs: 1, maxDelayMs: 4 };
export const never = new AbortController().signal;
export const applicationId = 7001;

export interface Bench {
  readonly emulator: Emulator;
  readonly target: VoximplantTarget;
  close(): Promise<void>;
}

let sharedCredentials: Credentials | undefined;

/** An account with one application, `call-center`, unless told otherwise. */
export async function openBench(
  options: EmulatorOptions = {},
  settings: Partial<VoximplantSettings> = {},
): Promise<Bench> {
  const emulator = await startEmulator({
    applications: [{ name: 'call-center', id: applicationId }],
    ...(sharedCredentials !== undefined && { credentials: sharedCredentials }),
    ...options,
  });
  // Making a key pair takes longer than most tests.
  sharedCredentials ??= emulator.credentials;
  const target = await openVoximplantTarget({
    id: 'main',
    credentials: new SecretBox(JSON.stringify(emulator.credentials)),
    endpoint: emulator.url,
    retry: quick,
    coolDownMs: 2,
    timeoutMs: 5000,
    ...settings,
  });
  const close = async () => {
    await target.close();
    await emulator.close();
  };
  return { emulator, target, close };
}

/** The failure of a promise that must fail with one of ours. */
export async function failureOf(promise: Promise<unknown>): Promise<VoxsyncError> {
  const thrown: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof VoxsyncError) return thrown;
  throw new Error(`expected a VoxsyncError, got ${String(thrown)}`);
}
