// The scenes of the demo: what is done before a pass, and what must be true after it.
import type { Counts } from '../reconcile/report.ts';
import type { DemoStage } from './demo-stage.ts';
import { demoValue } from './demo-stage.ts';

export interface Scene {
  readonly title: string;
  readonly story: readonly string[];
  readonly prepare: (stage: DemoStage) => Promise<void>;
  /** The counts that the report must show. */
  readonly expected: Partial<Counts>;
  /** What must be true of the emulator besides. */
  readonly holds: (stage: DemoStage) => boolean;
}

const crm = 'CRM_API_KEY';
const stranger = 'OTHER_TEAM_TOKEN';
const nothing = async (): Promise<void> => {};

export const scenes: readonly Scene[] = [
  {
    title: 'The first sync',
    story: ['A file holds the secrets that two applications need. Nothing is in Voximplant yet.'],
    prepare: nothing,
    expected: { created: 8, failed: 0 },
    holds: (stage) => {
      stage.notes.set('crm id', idOf(stage, crm));
      return valueOf(stage, crm) === fieldOf(stage, 'crm', 'apiKey');
    },
  },
  {
    title: 'Nothing to do',
    story: ['The same again. Nothing changed, so nothing is read and nothing is written: look at the calls.'],
    prepare: nothing,
    expected: { inSync: 8, created: 0, updated: 0, deleted: 0 },
    holds: (stage) =>
      Object.keys(stage.emulator.journal.countByMethod()).every(
        (method) => method.startsWith('Get') && method !== 'GetSecretValue',
      ),
  },
  {
    title: 'A rotation',
    story: [
      'The CRM gave out a new key. It is replaced in place: the secret keeps its id, and no call sees a gap.',
    ],
    prepare: async (stage) => {
      stage.secrets['crm'] = { apiKey: demoValue() };
      await stage.save();
    },
    expected: { updated: 1, inSync: 7 },
    holds: (stage) =>
      valueOf(stage, crm) === fieldOf(stage, 'crm', 'apiKey') &&
      idOf(stage, crm) === stage.notes.get('crm id'),
  },
  {
    title: 'Drift',
    story: ['Somebody changed that key by hand in the control panel. The source decides.'],
    prepare: async ({ emulator }) => emulator.state.changeSecret('call-center', crm, { value: demoValue() }),
    expected: { updated: 1, inSync: 7 },
    holds: (stage) => valueOf(stage, crm) === fieldOf(stage, 'crm', 'apiKey'),
  },
  {
    title: 'A stranger',
    story: ['Another team keeps a secret of its own here. It has no marker of ours, so it is never touched.'],
    prepare: async (stage) => {
      stage.notes.set(
        'stranger id',
        stage.emulator.state.addSecret('call-center', { name: stranger, value: demoValue() }),
      );
    },
    expected: { inSync: 8, updated: 0, deleted: 0 },
    holds: (stage) => idOf(stage, stranger) === stage.notes.get('stranger id'),
  },
  {
    title: 'Pruning',
    story: [
      'A trunk is taken out of the file. Its secret is ours and proven to be unwanted, so it is deleted',
      '(at once here; after `prune.grace`, 15 minutes, where the config does not say `0s`).',
    ],
    prepare: async (stage) => {
      delete stage.secrets['voice/trunk-6'];
      await stage.save();
    },
    expected: { deleted: 1, inSync: 7 },
    holds: (stage) => !trunks(stage).includes('TRUNK_6') && trunks(stage).includes('TRUNK_5'),
  },
  {
    title: 'The guard',
    story: [
      'Somebody empties most of the file by mistake. The guard refuses the deletes and says how to insist.',
    ],
    prepare: async (stage) => {
      for (const trunk of ['voice/trunk-2', 'voice/trunk-3', 'voice/trunk-4', 'voice/trunk-5'])
        delete stage.secrets[trunk];
      await stage.save();
    },
    expected: { deleted: 0, held: 4, inSync: 3 },
    holds: (stage) =>
      ['TRUNK_2', 'TRUNK_3', 'TRUNK_4', 'TRUNK_5'].every((name) => trunks(stage).includes(name)),
  },
];

function trunks({ emulator }: DemoStage): readonly string[] {
  return emulator.state.secrets('ivr').map(({ name }) => name);
}

function idOf({ emulator }: DemoStage, name: string): number {
  return emulator.state.secrets('call-center').find((secret) => secret.name === name)?.id ?? 0;
}

function valueOf({ emulator }: DemoStage, name: string): string | undefined {
  return emulator.state.readValue('call-center', name);
}

function fieldOf({ secrets }: DemoStage, secret: string, field: string): string | undefined {
  const value = secrets[secret];
  return typeof value === 'object' ? value[field] : undefined;
}
