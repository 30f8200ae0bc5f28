// The schema of the config file, strict everywhere: what it does not name is refused.
import * as z from 'zod/mini';
import { ownerPattern } from '../secret/marker.ts';
import { refuse } from './flaw.ts';
import { mappingSchema } from './schema-mappings.ts';
import {
  driftSchema,
  guardSchema,
  logSchema,
  pruneSchema,
  scheduleSchema,
  serverSchema,
} from './schema-operation.ts';
import { sourceSettingsSchema } from './schema-sources.ts';
import { address, document, duration, form, id } from './schema-values.ts';
import { described, optional, prefilled, transformed, withDefault } from './schema-words.ts';

export const accountSettingsSchema = transformed(
  z.strictObject({
    credentials: described(document(), "The service account's credentials.json."),
    endpoint: optional(
      address(),
      'Another address of the Management API; plain http only to a loopback address.',
    ),
    childAccountId: optional(z.int().check(z.positive()), 'Id of a child account to act in.'),
    concurrency: withDefault(
      z.int().check(z.minimum(1), z.maximum(64)),
      8,
      'How many calls may be under way at once.',
    ),
    requestsPerSecond: optional(
      z.number().check(z.positive(), z.maximum(1000)),
      'Most calls in a second; without it no such limit.',
    ),
    timeout: optional(duration(), 'How long one call may take; 30s when not given.'),
  }),
  ({ timeout, ...rest }) => ({ ...rest, timeoutMs: timeout }),
);
/** A Voximplant account. Paths are absolute once loaded. */
export type AccountSettings = z.output<typeof accountSettingsSchema>;

export const configSchema = z.strictObject({
  owner: described(
    form(ownerPattern, {
      reason: 'is no usable owner id',
      hint: 'use 1 to 32 letters, digits, ".", "_" and "-", starting with a letter or a digit',
    }),
    'Who manages these secrets: an id of this installation, written into every description.',
  ),
  policy: described(
    z.enum(['sync', 'upsert-only', 'create-only']),
    'What a pass may do: everything, everything but delete, or only create.',
  ),
  accounts: described(
    z
      .record(id(), accountSettingsSchema)
      .check(refuse((accounts) => (Object.keys(accounts).length === 0 ? noAccount : undefined))),
    'Voximplant accounts, by id.',
  ),
  sources: described(z.record(id(), sourceSettingsSchema), 'Where desired secrets come from, by id.'),
  mappings: described(z.array(mappingSchema), 'What goes where. An empty list desires nothing.'),
  onConflict: withDefault(
    z.enum(['skip', 'adopt-if-equal', 'overwrite']),
    'skip',
    'What to do with a secret of the same name that is not ours.',
  ),
  prune: prefilled(pruneSchema, {}, 'When secrets that are no longer desired are deleted.'),
  guard: prefilled(guardSchema, {}, 'Limits beyond which a plan refuses its destructive part.'),
  drift: prefilled(driftSchema, {}, 'How changes made by others are noticed.'),
  schedule: prefilled(scheduleSchema, { every: '5m' }, 'When `voxsync run` starts a pass.'),
  server: prefilled(serverSchema, {}, 'Where `voxsync run` serves health and metrics.'),
  log: prefilled(logSchema, {}, 'Logs.'),
});
/** The file as the schema leaves it, before ids are checked and paths resolved. */
export type ParsedConfig = z.output<typeof configSchema>;

const noAccount = { reason: 'names no account', hint: 'add at least one, with its credentials' };
