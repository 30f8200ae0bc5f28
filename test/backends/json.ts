// Looking into what a server answered.

/** The text at the end of the keys. Throws where there is none. */
export function textAt(value: unknown, ...keys: readonly string[]): string {
  let place = value;
  for (const key of keys) {
    place = typeof place === 'object' && place !== null ? Reflect.get(place, key) : undefined;
  }
  if (typeof place === 'string') return place;
  throw new Error(`the answer has no text at ${keys.join('.')}`);
}
