// The words in which the schemas of options are written: what an option means, and what holds where it is not given.
import * as z from 'zod/mini';
import { _default as defaulted } from 'zod/mini';

/**
 * A schema with its meaning, in a sentence for people: for the reference of the config, and for editors. It is the schema
 * itself that gets it, not a copy, which would cost every start: one schema has one meaning.
 */
export function described<T extends z.ZodMiniType>(schema: T, meaning: string): T {
  z.globalRegistry.add(schema, { description: meaning });
  return schema;
}

/** An option that may be left out. */
export function optional<T extends z.ZodMiniType>(schema: T, meaning: string) {
  return described(z.optional(schema), meaning);
}

/** An option that may be left out; `value` then stands in its place, as the schema would leave it. */
export function withDefault<T extends z.ZodMiniType>(
  schema: T,
  value: z.core.util.NoUndefined<z.output<T>>,
  meaning: string,
) {
  return described(defaulted(schema, value), meaning);
}

/** An option that may be left out; the schema then reads `value`, as if the file said so. */
export function prefilled<T extends z.ZodMiniType>(schema: T, value: z.input<T>, meaning: string) {
  return described(z.prefault(schema, value), meaning);
}

/** A schema whose values, once they are checked, take another shape. */
export function transformed<T extends z.ZodMiniType, Shape>(
  schema: T,
  change: (value: z.output<T>) => Shape,
) {
  return z.pipe(schema, z.transform(change));
}
