// JSON as a tree that may be written in ways no parser would give it: keys that come twice, numbers as they stand.

export type Node =
  | { readonly kind: 'object'; readonly members: (readonly [key: string, value: Node])[] }
  | { readonly kind: 'list'; readonly items: Node[] }
  /** A text of JSON, taken as it is. */
  | { readonly kind: 'raw'; readonly text: string };

export function raw(text: string): Node {
  return { kind: 'raw', text };
}

/** The node of a value that JSON can say. */
export function nodeOf(value: unknown): Node {
  if (Array.isArray(value)) return { kind: 'list', items: value.map((item: unknown) => nodeOf(item)) };
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(
      ([key, member]: [string, unknown]) => [key, nodeOf(member)] as const,
    );
    return { kind: 'object', members };
  }
  return raw(JSON.stringify(value));
}

/** `undefined` for what is no JSON. */
export function parseNode(text: string): Node | undefined {
  try {
    return nodeOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

export function formatNode(node: Node): string {
  if (node.kind === 'raw') return node.text;
  if (node.kind === 'list') return `[${node.items.map(formatNode).join(',')}]`;
  const members = node.members.map(([key, value]) => `${JSON.stringify(key)}:${formatNode(value)}`);
  return `{${members.join(',')}}`;
}

/** A place in a tree: a node, the way to it, and what puts another one there. */
export interface Place {
  /** Keys and positions from the root; empty for the root itself. */
  readonly path: readonly (string | number)[];
  readonly node: Node;
  readonly replace: (node: Node) => void;
  /** Takes it out; the root cannot be taken out. */
  readonly drop: () => void;
}

export interface Tree {
  root: Node;
}

/** Every place, the root first. */
export function placesIn(tree: Tree): readonly Place[] {
  const root: Place = {
    path: [],
    node: tree.root,
    replace: (node) => {
      tree.root = node;
    },
    drop: () => {
      tree.root = raw('null');
    },
  };
  return [root, ...placesBelow(root)];
}

function placesBelow({ path, node }: Place): readonly Place[] {
  if (node.kind === 'raw') return [];
  const children = node.kind === 'list' ? itemPlaces(node.items, path) : memberPlaces(node.members, path);
  return children.flatMap((child) => [[child], placesBelow(child)].flat());
}

function itemPlaces(items: Node[], path: Place['path']): readonly Place[] {
  return items.map((node, index) => ({
    path: [...path, index],
    node,
    replace: (next) => {
      items[index] = next;
    },
    drop: () => void items.splice(index, 1),
  }));
}

function memberPlaces(members: (readonly [string, Node])[], path: Place['path']): readonly Place[] {
  return members.map(([key, node], index) => ({
    path: [...path, key],
    node,
    replace: (next) => {
      members[index] = [key, next];
    },
    drop: () => void members.splice(index, 1),
  }));
}

/** What a JSON text holds at the end of keys; `undefined` where there is nothing, or no JSON. */
export function walk(text: string, keys: readonly string[]): unknown {
  let place = parsed(text);
  for (const key of keys) {
    if (!isRecord(place) || !Object.hasOwn(place, key)) return undefined;
    place = place[key];
  }
  return place;
}

/** Every object in a JSON text, however deep. */
export function objectsIn(text: string): readonly Readonly<Record<string, unknown>>[] {
  const found: Readonly<Record<string, unknown>>[] = [];
  const left = [parsed(text)];
  while (left.length > 0) {
    const value = left.pop();
    if (Array.isArray(value)) left.push(...value);
    if (!isRecord(value)) continue;
    found.push(value);
    left.push(...Object.values(value));
  }
  return found;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
