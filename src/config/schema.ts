// The schema of the config file, strict everywhere: what it does not name is refused.
import * as z from 'zod';
import { ownerPattern } from '../secret/marker.ts';
import { flawMessage, refuse } from './flaw.ts';
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
import { address, document, duration, id } from './schema-values.ts';

export const accountSettingsSchema = z
  .strictObject({
    credentials: document().describe("The service account's credentials.json."),
    endpoint: address()
      .optional()
      .describe('Another address of the Management API; plain http only to a loopback address.'),
    childAccountId: z.int().positive().optional().describe('Id of a child account to act in.'),
    concurrency: z.int().min(1).max(64).default(8).describe('How many calls may be under way at once.'),
    requestsPerSecond: z
      .number()
      .positive()
      .max(1000)
      .optional()
      .describe('Most calls in a second; without it no such limit.'),
    timeout: duration().optional().describe('How long one call may take.'),
  })
  .transform(({ timeout, ...rest }) => ({ ...rest, timeoutMs: timeout }));
/** A Voximplant account. Paths are absolute once loaded. */
export type AccountSettings = z.output<typeof accountSettingsSchema>;

export const configSchema = z.strictObject({
  owner: z
    .string()
    .regex(ownerPattern, {
      error: flawMessage({
        reason: 'is no usable owner id',
        hint: 'use 1 to 32 letters, digits, ".", "_" and "-", starting with a letter or a digit',
      }),
    })
    .describe('Who manages these secrets: an id of this installation, written into every description.'),
  policy: z
    .enum(['sync', 'upsert-only', 'create-only'])
    .describe('What a pass may do: everything, everything but delete, or only create.'),
  accounts: z
    .record(id(), accountSettingsSchema)
    .superRefine(refuse((accounts) => (Object.keys(accounts).length === 0 ? noAccount : undefined)))
    .describe('Voximplant accounts, by id.'),
  sources: z.record(id(), sourceSettingsSchema).describe('Where desired secrets come from, by id.'),
  mappings: z.array(mappingSchema).describe('What goes where. An empty list desires nothing.'),
  onConflict: z
    .enum(['skip', 'adopt-if-equal', 'overwrite'])
    .default('skip')
    .describe('What to do with a secret of the same name that is not ours.'),
  prune: pruneSchema.prefault({}).describe('When secrets that are no longer desired are deleted.'),
  guard: guardSchema.prefault({}).describe('Limits beyond which a plan refuses its destructive part.'),
  drift: driftSchema.prefault({}).describe('How changes made by others are noticed.'),
  schedule: scheduleSchema.prefault({ every: '5m' }).describe('When `voxsync run` starts a pass.'),
  server: serverSchema.prefault({}).describe('Where `voxsync run` serves health and metrics.'),
  log: logSchema.prefault({}).describe('Logs.'),
});
/** The file as the schema leaves it, before ids are checked and paths resolved. */
export type ParsedConfig = z.output<typeof configSchema>;

const noAccount = { reason: 'names no account', hint: 'add at least one, with its credentials' };
