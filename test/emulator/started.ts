// Starts emulators for a test file and closes them after each test; all share one key pair, because making one takes long.
import { afterEach } from 'vitest';
import { startEmulator, type Emulator, type EmulatorOptions } from '../../src/emulator/emulator.ts';
import { generateCredentials, type Credentials } from '../../src/emulator/credentials.ts';
import { createClient, type Client } from './client.ts';

const opened: Emulator[] = [];
let shared: Promise<Credentials> | undefined;

afterEach(async () => {
  for (const emulator of opened.splice(0)) await emulator.close();
});

/** An emulator with the application `app` (id 1001), and a client of it. */
export async function start(
  options: EmulatorOptions = {},
): Promise<{ readonly emulator: Emulator; readonly client: Client }> {
  shared ??= generateCredentials(12_345, 'test@example.com');
  const applications = [{ name: 'app' }];
  const emulator = await startEmulator({ applications, credentials: await shared, ...options });
  opened.push(emulator);
  const now = options.clock?.() ?? new Date();
  return {
    emulator,
    client: await createClient(emulator, { issuedAt: Math.floor(now.getTime() / 1000) - 5 }),
  };
}

/** Holds every call until so many have arrived, so that they are under way together however slow the machine is. */
export function holdUntil(emulator: Emulator, calls: number): Promise<void> {
  let arrived = 0;
  let release: () => void;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  emulator.onCall(() => {
    arrived += 1;
    if (arrived >= calls) release();
    return released;
  });
  return released;
}

/** Parameters that name the application `app`. */
export const inApp = { application_id: '1001' };
