// Decides for each answer of a run whether it is changed on its way, and how: the same for the same seed.
import type { Fault, Matcher, SeenRequest } from '../proxy/faulty-proxy.ts';
import type { MutationRules } from './mutate.ts';
import { mutateDocument } from './mutate.ts';
import type { Random } from './random.ts';
import { createRandom, seedOf } from './random.ts';
import { mutateWire } from './wire.ts';

export interface Mutator {
  readonly matcher: Matcher;
  /** What was done so far, in order. */
  readonly told: readonly string[];
}

export interface MutatorRules extends MutationRules {
  /** Told of every body that is sent back, changed or not, before it is sent. */
  readonly onBody?: (request: SeenRequest, body: Buffer) => void;
  /** About how many answers a run has, where only one is to be changed; 16 without it. */
  readonly reach?: number;
  /** How many of the changes are below the JSON, from 0 to 1; 0.4 without it. */
  readonly wireShare?: number;
}

/** Whether to change the answer to a request: the number of all requests before it, and chances of its own. */
type Mode = (index: number, key: string, random: Random) => boolean;

const attemptsToFit = 8;

export function createMutator(seed: number, rules: MutatorRules): Mutator {
  const { reach = 16, wireShare = 0.4 } = rules;
  const told: string[] = [];
  const isHit = modeOf(createRandom(seedOf(seed, 'mode')), reach);
  let requests = 0;
  const matcher: Matcher = (request) => {
    const { method, path, amzTarget, earlier } = request;
    const key = `${method} ${path} ${amzTarget}`;
    const random = createRandom(seedOf(seed, `${key} ${earlier}`));
    const index = requests;
    requests += 1;
    const tell = (what: string): void => void told.push(`${amzTarget || path} (${earlier}): ${what}`);
    const onBody = (body: Buffer): void => rules.onBody?.(request, body);
    if (!isHit(index, key, random)) return { kind: 'rewrite', change: toldOf(onBody, (body) => body) };
    return random.chance(wireShare)
      ? wireFault(random, tell, onBody)
      : documentFault(random, rules, tell, onBody);
  };
  return { matcher, told };
}

/** One answer of the run; a few; many; or most answers to a few questions. */
function modeOf(random: Random, reach: number): Mode {
  const [only, chosen] = [random.below(reach), random.below(4)];
  const modes: readonly Mode[] = [
    (index) => index === only,
    (index) => index === only,
    (_index, _key, random) => random.chance(0.12),
    (_index, _key, random) => random.chance(0.5),
    (_index, key, random) => seedOf(chosen, key) % 4 === 0 && random.chance(0.8),
  ];
  return random.pick(modes);
}

type Tell = (what: string) => void;
type OnBody = (body: Buffer) => void;

function wireFault(random: Random, tell: Tell, onBody: OnBody): Fault {
  const { what, send, body } = mutateWire(random);
  tell(what);
  return {
    kind: 'raw',
    send: (socket, reply, signal) => {
      onBody(body(reply.body));
      return send(socket, reply, signal);
    },
  };
}

function documentFault(random: Random, rules: MutationRules, tell: Tell, onBody: OnBody): Fault {
  const change = (body: string): string => {
    for (let attempt = 0; attempt < attemptsToFit; attempt += 1) {
      const mutation = mutateDocument(body, random, rules);
      if (mutation === undefined) continue;
      tell(mutation.what);
      return mutation.text;
    }
    return body;
  };
  return { kind: 'rewrite', change: toldOf(onBody, change) };
}

function toldOf(onBody: OnBody, change: (body: string) => string): (body: string) => string {
  return (body) => {
    const changed = change(body);
    onBody(Buffer.from(changed));
    return changed;
  };
}
