// One run: an honest world, a pass whose answers are changed on their way, and honest passes behind it.
import type { Credentials } from '../../src/emulator/emulator.ts';
import { startEmulator } from '../../src/emulator/emulator.ts';
import { tracesIn } from '../e2e/canaries.ts';
import { startFaultyProxy } from '../proxy/faulty-proxy.ts';
import { holdingsOf, wrongsOf } from './checks.ts';
import { createMutator, type Mutator } from './mutator.ts';
import type { Ground, Passed } from './passes.ts';
import { Play, StoryClock } from './play.ts';
import type { Random } from './random.ts';
import { createRandom, seedOf } from './random.ts';
import { recover } from './recovery.ts';
import type { Told } from './runs.ts';
import { applications, loreOf } from './scene.ts';
import type { SourceSide } from './side.ts';

export interface StorySettings {
  readonly seed: number;
  readonly side: SourceSide;
  /** Whose answers are changed. */
  readonly hostile: 'target' | 'source' | 'both';
}

let credentials: Credentials | undefined;
let runs = 0;

/** Plays it. Throws what nothing should throw. */
export async function playStory(settings: StorySettings): Promise<Told> {
  const { seed, side } = settings;
  runs += 1;
  const prefix = `run${runs}/`;
  const clock = new StoryClock();
  const emulator = await startEmulator({
    clock: () => clock.now(),
    ...(credentials !== undefined && { credentials }),
    applications: Object.entries(applications).map(([name, id]) => ({ name, id })),
  });
  credentials ??= emulator.credentials;
  try {
    const ground: Ground = { emulator, side, rules: rulesOf(createRandom(seedOf(seed, 'story'))) };
    const play = new Play(prefix, ground, clock);
    await play.prepare();
    return await suffer(play, settings);
  } finally {
    await emulator.close();
  }
}

function rulesOf(random: Random): Ground['rules'] {
  return {
    onConflict: random.pick(['skip', 'adopt-if-equal', 'overwrite'] as const),
    graceSeconds: random.pick([0, 0, 900]),
    drift: random.pick(['modified', 'modified', 'values'] as const),
  };
}

async function suffer(play: Play, settings: StorySettings): Promise<Told> {
  const { emulator } = play.ground;
  const { report: honest } = await play.honestly(true);
  const before = holdingsOf(emulator);
  play.hide(before);
  emulator.journal.clear();
  const mutators = mutatorsFor(play, settings);
  const { report: hostile, texts } = await pass(play, settings, mutators);
  const { ledger } = play;
  const after = holdingsOf(emulator);
  const wrongs = wrongsOf({ before, after, honest, hostile, ledger, journal: emulator.journal.entries });
  return {
    mutations: [...mutators.target.told, ...mutators.source.told],
    wrongs: [...wrongs, ...leaksIn(texts.join('\n'), play), ...(await recover(play))],
  };
}

interface Mutators {
  readonly target: Mutator;
  readonly source: Mutator;
}

function mutatorsFor({ ground: { emulator, side }, ledger }: Play, { seed }: StorySettings): Mutators {
  const lore = loreOf(emulator);
  return {
    target: createMutator(seed, { lore, isLie: () => false }),
    source: createMutator(seedOf(seed, 'source'), {
      lore,
      isLie: side.isLie,
      reach: side.reach,
      onBody: (request, body) => ledger.noteAnswer(side, request, body),
    }),
  };
}

async function pass(play: Play, { hostile }: StorySettings, mutators: Mutators): Promise<Passed> {
  const { emulator, side } = play.ground;
  const target = await startFaultyProxy(new URL(emulator.url).origin);
  const source = await startFaultyProxy(side.upstream ?? '');
  if (hostile !== 'source') target.misbehave(mutators.target.matcher);
  if (hostile !== 'target') source.misbehave(mutators.source.matcher);
  try {
    const endpoints = { target: `${target.endpoint}/platform_api`, source: source.endpoint };
    return await play.between(endpoints);
  } finally {
    await target.close();
    await source.close();
  }
}

/** Values, and the tokens of both sides. */
function leaksIn(text: string, { canaries }: Play): readonly string[] {
  const tokens = text.match(/Bearer |eyJ[\w-]{10}|hv[sb]\.\w{10}|\bs\.\w{20}/g) ?? [];
  return [...tracesIn(text, canaries), ...tokens].map((leak) => `shown: ${leak}`);
}
