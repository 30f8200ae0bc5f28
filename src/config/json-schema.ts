// The JSON schema of the config file, for editors and for the reference: generated, never written by hand.
import * as z from 'zod/mini';
import { configSchema } from './schema.ts';

export type JsonSchema = z.core.JSONSchema.JSONSchema;

/** What a config file may hold, before defaults are filled in. Draft 7, which editors for YAML know best. */
export function configJsonSchema(): JsonSchema {
  return z.toJSONSchema(configSchema, { io: 'input', target: 'draft-7', reused: 'inline' });
}
