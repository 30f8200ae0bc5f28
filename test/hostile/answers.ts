// One round of questions to a source whose answers are changed: what it may say then of secrets that are there.
import { startFaultyProxy } from '../proxy/faulty-proxy.ts';
import type { Discovery, Observation, Reading } from '../../src/sources/source.ts';
import { Ledger } from './ledger.ts';
import { createMutator } from './mutator.ts';
import type { Told } from './runs.ts';
import { contentOf, valueOf } from './scene.ts';
import { seedOf } from './random.ts';
import type { SourceSide } from './side.ts';

/** Names that the ledger knows, each with its path: some in a folder, some not. */
const living = { STABLE: 'stable', ROTATED: 'rotated', ONE: 'voice/one', TWO: 'voice/two' } as const;
/** Of which anything may be said. */
const dead = ['lost', 'voice/gone', 'never'];

const prepared = new WeakMap<SourceSide, Promise<void>>();
const prefix = 'asked/';

export async function playAnswers(seed: number, side: SourceSide): Promise<Told> {
  const ready = prepared.get(side) ?? prepare(side);
  prepared.set(side, ready);
  await ready;
  const ledger = new Ledger(prefix);
  const { matcher, told } = createMutator(seedOf(seed, 'answers'), {
    lore: {
      ids: [1, 2],
      names: Object.values(living).map((path) => `${prefix}${path}`),
      descriptions: ['text'],
    },
    isLie: side.isLie,
    reach: side.reach / 2,
    wireShare: 0.1,
    onBody: (request, body) => ledger.noteAnswer(side, request, body),
  });
  const proxy = await startFaultyProxy(side.upstream ?? '');
  const source = await side.open(proxy.endpoint, 'short');
  proxy.misbehave(matcher);
  const { signal } = new AbortController();
  try {
    const references = [...Object.values(living), ...dead].map((path) => ({ secret: `${prefix}${path}` }));
    const observations = await source.observe(references, signal);
    const discovery = await source.discover({ prefix: `${prefix}voice/` }, signal);
    const readings = await source.read(references, signal);
    const wrongs = [
      ...stateWrongs(observations),
      ...discoveryWrongs(discovery),
      ...readingWrongs(readings, ledger),
    ];
    return { mutations: told, wrongs };
  } finally {
    await source.close();
    await proxy.close();
  }
}

async function prepare(side: SourceSide): Promise<void> {
  for (const path of [...Object.values(living), 'lost', 'voice/gone']) {
    await side.put(`${prefix}${path}`, contentOf(valueOf(path, 0)));
  }
  await side.remove(`${prefix}lost`);
  await side.remove(`${prefix}voice/gone`);
}

function* stateWrongs(said: readonly (Observation | Reading)[]): Generator<string> {
  if (said.length !== Object.keys(living).length + dead.length) yield `${said.length} answers`;
  for (const [index, path] of Object.values(living).entries()) {
    if (said[index]?.state === 'absent') yield `${path} is said to be absent: ${said[index].proof}`;
  }
  for (const one of said) if (one.state === 'unresolved') yield* defect(one.error);
}

function* discoveryWrongs(discovery: Discovery): Generator<string> {
  if (discovery.state === 'unresolved') {
    yield* defect(discovery.error);
    return;
  }
  const paths = new Set(Object.values(living).map((path) => `${prefix}${path}`));
  for (const path of discovery.gone.filter((gone) => paths.has(gone))) yield `${path} is said to be gone`;
  if (discovery.isAuthoritative) yield 'a listing is said to be all there is';
}

function* readingWrongs(readings: readonly Reading[], ledger: Ledger): Generator<string> {
  yield* stateWrongs(readings);
  for (const [index, [name, path]] of Object.entries(living).entries()) {
    const reading = readings[index];
    if (reading?.state !== 'present') continue;
    if (!ledger.allowsContent(`${prefix}${path}`, reading.content.box.reveal()))
      yield `${name} has a value from nowhere`;
  }
}

function* defect({ code, message }: { readonly code: string; readonly message: string }): Generator<string> {
  if (code === 'unexpected') yield `told as a defect: ${message}`;
}
