// Looking into what a server answered.

/** The member at the end of the keys; `undefined` where there is none. */
export function memberOf(value: unknown, ...keys: readonly string[]): unknown {
  let place = value;
  for (const key of keys) {
    if (typeof place !== 'object' || place === null) return undefined;
    place = Reflect.get(place, key);
  }
  return place;
}

/** As `memberOf`, where the member must be a text. Throws otherwise. */
export function textAt(value: unknown, ...keys: readonly string[]): string {
  const text = memberOf(value, ...keys);
  if (typeof text !== 'string') throw new Error(`the answer has no text at ${keys.join('.')}`);
  return text;
}
