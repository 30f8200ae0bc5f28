// One change to a JSON document at a place that chance picks.
import type { Node, Place, Tree } from './document.ts';
import { formatNode, parseNode, placesIn, raw } from './document.ts';
import type { Random } from './random.ts';
import type { Lore } from './values.ts';
import { strangeKey, strangeValue } from './values.ts';

/** A document that was changed, and how. */
export interface Mutation {
  readonly text: string;
  /** Kind and place, for the message of a failure. */
  readonly what: string;
}

/** Whether a change would say something that no client can tell from the truth; the README here tells which these are. */
export type IsLie = (place: Pick<Place, 'path'>, value: Node | undefined) => boolean;

export interface MutationRules {
  readonly lore: Lore;
  readonly isLie: IsLie;
}

type Kind = (tree: Tree, random: Random, rules: MutationRules) => string | undefined;

/** The document with one change; `undefined` for what is no JSON, or where the change that chance picked does not fit. */
export function mutateDocument(text: string, random: Random, rules: MutationRules): Mutation | undefined {
  const root = parseNode(text);
  if (root === undefined) return undefined;
  const tree: Tree = { root };
  const [name, kind] = random.pick(kinds);
  const where = kind(tree, random, rules);
  return where === undefined ? undefined : { text: formatNode(tree.root), what: `${name} at ${where}` };
}

const replace: Kind = (tree, random, { lore, isLie }) => {
  const place = random.pick(placesIn(tree));
  const value = strangeValue(random, lore);
  if (isLie(place, value)) return undefined;
  place.replace(value);
  return `${shown(place)} (${formatNode(value).slice(0, 60)})`;
};

const drop: Kind = (tree, random, { isLie }) => {
  const place = random.pick(placesIn(tree));
  if (isLie(place, undefined)) return undefined;
  place.drop();
  return shown(place);
};

const turn: Kind = (tree, random, { isLie }) => {
  const place = random.pick(placesIn(tree));
  const { node } = place;
  const turned: Node =
    node.kind === 'list'
      ? { kind: 'object', members: node.items.map((item, index) => [String(index), item] as const) }
      : { kind: 'list', items: node.kind === 'object' ? node.members.map(([, value]) => value) : [node] };
  if (isLie(place, turned)) return undefined;
  place.replace(turned);
  return shown(place);
};

const wrap: Kind = (tree, random, { isLie }) => {
  const place = random.pick(placesIn(tree));
  const turned: Node = { kind: 'list', items: [place.node] };
  if (isLie(place, turned)) return undefined;
  place.replace(turned);
  return shown(place);
};

const repeat: Kind = (tree, random) => {
  const place = random.pick(placesIn(tree));
  const { node } = place;
  if (node.kind === 'raw') return undefined;
  const { length } = node.kind === 'list' ? node.items : node.members;
  if (length === 0) return undefined;
  const index = random.below(length);
  if (node.kind === 'list') node.items.splice(index, 0, ...node.items.slice(index, index + 1));
  else node.members.splice(index, 0, ...node.members.slice(index, index + 1));
  return `${shown(place)} ${index}`;
};

const reorder: Kind = (tree, random) => {
  const place = random.pick(placesIn(tree));
  const { node } = place;
  if (node.kind === 'raw') return undefined;
  if (node.kind === 'list') node.items.reverse();
  else node.members.reverse();
  return shown(place);
};

const addKey: Kind = (tree, random, { lore, isLie }) => {
  const place = random.pick(placesIn(tree));
  const { node, path } = place;
  if (node.kind !== 'object') return undefined;
  const key = random.pick(['__proto__', 'constructor', 'toJSON', 'then', 'error', 'errors', 'NextToken']);
  const value = strangeValue(random, lore);
  if (isLie({ path: [...path, key] }, value)) return undefined;
  node.members.splice(random.below(node.members.length + 1), 0, [key, value]);
  return `${shown(place)} ${key} (${formatNode(value).slice(0, 60)})`;
};

const renameKey: Kind = (tree, random, { isLie }) => {
  const place = random.pick(placesIn(tree));
  const { node, path } = place;
  if (node.kind !== 'object' || node.members.length === 0) return undefined;
  const index = random.below(node.members.length);
  const [key = '', value = raw('null')] = node.members[index] ?? [];
  const next = strangeKey(random, key);
  if (isLie({ path: [...path, key] }, undefined) || isLie({ path: [...path, next] }, value)) return undefined;
  node.members[index] = [next, value];
  return `${shown(place)} ${key} to ${next}`;
};

/** Two rows of a list, and the position in each of a key that both have. */
function sharedMember(tree: Tree, random: Random) {
  const lists = placesIn(tree).filter(({ node }) => node.kind === 'list' && node.items.length > 1);
  if (lists.length === 0) return undefined;
  const list = random.pick(lists);
  if (list.node.kind !== 'list') return undefined;
  const { items } = list.node;
  const first = random.below(items.length);
  const second = (first + 1 + random.below(items.length - 1)) % items.length;
  const [one, other] = [items[first], items[second]];
  if (one?.kind !== 'object' || other?.kind !== 'object' || one.members.length === 0) return undefined;
  const [key, value] = random.pick(one.members);
  const at = other.members.findIndex(([name]) => name === key);
  const theirs = other.members[at]?.[1];
  if (theirs === undefined) return undefined;
  const where = `${shown(list)} ${first} and ${second} ${key}`;
  return { path: [...list.path, first, key], one, other, key, value, theirs, where };
}

function setMember({ members }: Extract<Node, { kind: 'object' }>, key: string, value: Node): void {
  for (const [index, [name]] of members.entries()) if (name === key) members[index] = [key, value];
}

const swap: Kind = (tree, random, { isLie }) => {
  const shared = sharedMember(tree, random);
  if (shared === undefined || isLie({ path: shared.path }, shared.theirs)) return undefined;
  const { one, other, key, value, theirs, where } = shared;
  setMember(one, key, theirs);
  setMember(other, key, value);
  return where;
};

const copy: Kind = (tree, random, { isLie }) => {
  const shared = sharedMember(tree, random);
  if (shared === undefined || isLie({ path: shared.path }, shared.value)) return undefined;
  const { other, key, value, where } = shared;
  setMember(other, key, value);
  return where;
};

/** Those that come twice are picked twice as often. */
const kinds: readonly (readonly [name: string, kind: Kind])[] = [
  ['replace', replace],
  ['replace', replace],
  ['drop', drop],
  ['turn', turn],
  ['wrap', wrap],
  ['repeat', repeat],
  ['reorder', reorder],
  ['add key', addKey],
  ['rename key', renameKey],
  ['swap', swap],
  ['swap', swap],
  ['copy', copy],
];

function shown({ path }: Pick<Place, 'path'>): string {
  return path.length === 0 ? 'the root' : path.join('.');
}
