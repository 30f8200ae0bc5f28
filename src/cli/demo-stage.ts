// The parts that the demo plays on: an emulator, a folder with a secrets file, and a composition over the shipped config.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { compose } from '../compose.ts';
import { loadConfig } from '../config/load.ts';
import type { Emulator } from '../emulator/emulator.ts';
import { startEmulator, writeCredentialsFile } from '../emulator/emulator.ts';
import { VoxsyncError } from '../errors.ts';
import type { PassSetup } from '../reconcile/setup.ts';

/** What the secrets file holds: texts, or texts by field. */
export type DemoSecrets = Record<string, string | Record<string, string>>;

export interface DemoStage {
  readonly emulator: Emulator;
  readonly setup: PassSetup;
  /** Changed by scenes, then saved. */
  readonly secrets: DemoSecrets;
  save(): Promise<void>;
  /** What one scene remembers for another. */
  readonly notes: Map<string, number>;
  close(): Promise<void>;
}

export const applications = ['call-center', 'ivr'] as const;

/** Opens everything; what was opened before a failure is closed. */
export async function openDemoStage(env: Readonly<Record<string, string | undefined>>): Promise<DemoStage> {
  const folder = await mkdtemp(path.join(tmpdir(), 'voxsync-demo-'));
  const emulator = await startEmulator({ applications: applications.map((name) => ({ name })) });
  const opened = [() => rm(folder, { recursive: true, force: true }), () => emulator.close()];
  const close = async (): Promise<void> => {
    for (const end of opened.toReversed()) await end();
  };
  try {
    const secrets = firstSecrets();
    const save = () => writeFile(path.join(folder, 'secrets.yaml'), JSON.stringify(secrets), { mode: 0o600 });
    await save();
    await writeCredentialsFile(path.join(folder, 'credentials.json'), emulator.credentials);
    const places = { VOXSYNC_DEMO_DIR: folder, VOXSYNC_DEMO_ENDPOINT: emulator.url };
    const composition = await compose(await loadConfig(shippedConfig(), { ...env, ...places }));
    opened.push(() => composition.close());
    return { emulator, setup: composition.setup, secrets, save, notes: new Map(), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A value that nobody can mistake for a real one, another in every run. */
export function demoValue(): string {
  return `demo-${randomBytes(9).toString('base64url')}`;
}

function firstSecrets(): DemoSecrets {
  const trunks = Array.from({ length: 6 }, (_, index) => [`voice/trunk-${index + 1}`, demoValue()] as const);
  return {
    crm: { apiKey: demoValue() },
    database: { user: 'ivr', password: `${demoValue()}/&=%+` },
    ...Object.fromEntries(trunks),
  };
}

/** The demo's config lies beside the program: one folder up in the bundle, two in the sources. */
function shippedConfig(): string {
  const candidates = ['../config/demo.yaml', '../../config/demo.yaml'].map((place) =>
    fileURLToPath(new URL(place, import.meta.url)),
  );
  const found = candidates.find((file) => existsSync(file));
  if (found === undefined) throw new VoxsyncError('unexpected', 'config/demo.yaml is not beside the program');
  return found;
}
