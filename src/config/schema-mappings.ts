// The schema of mappings: which source values become which secrets of which applications.
import * as z from 'zod';
import { nameProblem } from '../secret/name.ts';
import type { ValueReference } from '../secret/reference.ts';
import type { Flaw } from './flaw.ts';
import { flawMessage, refuse } from './flaw.ts';
import { text } from './schema-values.ts';
import { globFlaw } from './values.ts';

const referenceSchema = z
  .strictObject({
    source: text().describe('Id of the source.'),
    secret: text().describe('Name or path of the secret in the source.'),
    field: text()
      .optional()
      .describe(
        'A key of a JSON secret, or a JSON pointer when it starts with `/`; without it the whole secret.',
      ),
    version: z
      .union([text(), z.int().positive()], {
        error: flawMessage({
          reason: 'must be text or a whole number',
          hint: 'write the version as the source names it',
        }),
      })
      .optional()
      .describe('A version to hold on to (AWS: an id, Vault: a number); without it the current one.'),
    stage: text().optional().describe('A staging label (AWS), such as `AWSPREVIOUS`.'),
    encoding: z
      .literal('base64')
      .optional()
      .describe('Takes the value as base64 text; needed for binary secrets.'),
  })
  .superRefine(refuse(referenceFlaw))
  .transform(({ version, ...rest }): ValueReference => ({
    ...rest,
    version: version === undefined ? version : String(version),
  }));

function referenceFlaw({ version, stage }: { version?: unknown; stage?: unknown }): Flaw | undefined {
  if (version === undefined || stage === undefined) return undefined;
  return { reason: 'gives both version and stage', hint: 'keep one of them' };
}

const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, {
  error: flawMessage({
    reason: 'is no usable name of a template variable',
    hint: 'start with a letter, and use letters, digits and _',
  }),
});

const fromSchema = z.union(
  [
    referenceSchema,
    z
      .record(variable, referenceSchema)
      .superRefine(
        refuse((references) =>
          Object.keys(references).length > 0
            ? undefined
            : { reason: 'names no source', hint: 'write { source: ID, secret: NAME }' },
        ),
      ),
  ],
  {
    error: flawMessage({
      reason: 'is no reference',
      hint: 'write { source: ID, secret: NAME }, or several of them by variable of the template',
    }),
  },
);

/** The variable that a template knows a single reference by. */
const singleInput = 'value';

function inputsOf(from: z.output<typeof fromSchema>): Record<string, ValueReference> {
  return isReference(from) ? { [singleInput]: from } : from;
}

function isReference(from: z.output<typeof fromSchema>): from is ValueReference {
  return typeof from['source'] === 'string';
}

const explicitSchema = z
  .strictObject({
    name: z
      .string()
      .superRefine(refuse(nameFlaw))
      .describe(
        'Name of the secret in Voximplant, taken literally: a letter, then letters, digits and `_`; 64 at most.',
      ),
    from: fromSchema.describe('One reference, or several by variable of the template.'),
    template: text()
      .optional()
      .describe('Liquid template of the value; a single reference is `{{ value }}`.'),
    description: z
      .string()
      .default('')
      .describe('Text for people, shown in the control panel; may be a template.'),
  })
  .superRefine(refuse(templateFlaw))
  .transform(({ from, ...rest }) => ({ ...rest, inputs: inputsOf(from) }));

function nameFlaw(name: string): Flaw | undefined {
  const reason = nameProblem(name);
  return reason === undefined ? undefined : { reason, hint: 'write a name such as CRM_API_KEY' };
}

function templateFlaw(secret: {
  from: z.output<typeof fromSchema>;
  template?: string | undefined;
}): Flaw | undefined {
  if (secret.template !== undefined || Object.keys(inputsOf(secret.from)).length < 2) return undefined;
  return {
    reason: 'has several references and no template',
    hint: 'add a template that makes them one value',
  };
}

const globs = () => z.array(z.string().superRefine(refuse(globFlaw)));

const discoverySchema = z
  .strictObject({
    from: z
      .strictObject({
        source: text().describe('Id of the source.'),
        prefix: z.string().default('').describe('Names or paths that start with this; empty for all.'),
        tags: z.record(text(), z.string()).optional().describe('Tags that a secret must all have (AWS).'),
        metadata: z
          .record(text(), z.string())
          .optional()
          .describe('Custom metadata that a secret must all have (Vault, KV version 2).'),
        description: text()
          .optional()
          .describe('What the description of a secret must start with, letter by letter (AWS).'),
        owningService: text()
          .optional()
          .describe('The AWS service that must manage a secret, such as `rds` (AWS).'),
      })
      .describe('Which secrets of which source.'),
    fields: z
      .union([z.literal('all'), z.array(text()).min(1)], {
        error: flawMessage({
          reason: 'must be all or a list of keys',
          hint: 'write all, or [user, password]',
        }),
      })
      .optional()
      .describe('One secret per JSON field: `all`, or a list of keys; without it the whole value.'),
    name: text().describe(
      'Liquid template of the name, with `{{ path }}`, `{{ field }}` and `{{ metadata.KEY }}` (Vault); made upper snake case, then checked.',
    ),
    description: z
      .string()
      .default('')
      .describe('Text for people, shown in the control panel; may be a template.'),
    include: globs().default([]).describe('Globs over paths; empty lets everything in.'),
    exclude: globs().default([]).describe('Globs over paths to leave out.'),
  })
  .transform(({ from: { source, ...query }, ...rest }) => ({ source, query, ...rest }));

const applicationName = z.string().superRefine(refuse(globFlaw));
const applicationId = z.strictObject({ id: z.int().positive().describe('Id of the application.') });
const applicationHint = { reason: 'is no application', hint: 'write a name, a glob or { id: 123 }' };
const applicationSchema = z.union([applicationName, applicationId], { error: flawMessage(applicationHint) });
const applicationsSchema = z.union([applicationName, applicationId, z.array(applicationSchema).min(1)], {
  error: flawMessage({ ...applicationHint, hint: `${applicationHint.hint}, or a list of these` }),
});

export const mappingSchema = z
  .strictObject({
    application: applicationsSchema.describe(
      "Application to write to: its name, `{ id: 123 }`, a glob over the account's applications, or a list of these.",
    ),
    account: text().optional().describe('Id of the account; may be left out when there is one.'),
    secrets: z
      .array(explicitSchema)
      .optional()
      .describe('Secrets named one by one; `[]` says that none is wanted.'),
    discover: z.array(discoverySchema).optional().describe('Secrets selected by a query.'),
  })
  .superRefine(
    refuse(({ secrets, discover }) =>
      secrets !== undefined || discover !== undefined
        ? undefined
        : {
            reason: 'maps nothing',
            hint: 'add secrets or discover; `secrets: []` says that nothing is wanted',
          },
    ),
  )
  // An application keeps being looked at with nothing mapped to it, so that what is ours there can be pruned.
  .transform(({ application, secrets = [], discover = [], ...rest }) => ({
    ...rest,
    secrets,
    applications: Array.isArray(application) ? application : [application],
    discoveries: discover,
  }));
/** A mapping as the schema leaves it: references by variable, applications as a list. */
export type ParsedMapping = z.output<typeof mappingSchema>;
