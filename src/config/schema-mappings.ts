// The schema of mappings: which source values become which secrets of which applications.
import * as z from 'zod/mini';
import { nameProblem } from '../secret/name.ts';
import type { ValueReference } from '../secret/reference.ts';
import type { Flaw } from './flaw.ts';
import { flawMessage, refuse } from './flaw.ts';
import { form, text } from './schema-values.ts';
import { described, optional, transformed, withDefault } from './schema-words.ts';
import { globFlaw } from './values.ts';

const referenceSchema = transformed(
  z
    .strictObject({
      source: described(text(), 'Id of the source.'),
      secret: described(text(), 'Name or path of the secret in the source.'),
      field: optional(
        text(),
        'A key of a JSON secret, or a JSON pointer when it starts with `/`; without it the whole secret.',
      ),
      version: optional(
        z.union([text(), z.int().check(z.positive())], {
          error: flawMessage({
            reason: 'must be text or a whole number',
            hint: 'write the version as the source names it',
          }),
        }),
        'A version to hold on to (AWS: an id, Vault: a number); without it the current one.',
      ),
      stage: optional(text(), 'A staging label (AWS), such as `AWSPREVIOUS`.'),
      encoding: optional(z.literal('base64'), 'Takes the value as base64 text; needed for binary secrets.'),
    })
    .check(refuse(referenceFlaw)),
  ({ version, ...rest }): ValueReference => ({
    ...rest,
    version: version === undefined ? version : String(version),
  }),
);

function referenceFlaw({ version, stage }: { version?: unknown; stage?: unknown }): Flaw | undefined {
  if (version === undefined || stage === undefined) return undefined;
  return { reason: 'gives both version and stage', hint: 'keep one of them' };
}

const variable = form(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, {
  reason: 'is no usable name of a template variable',
  hint: 'start with a letter, and use letters, digits and _',
});

const noSource = { reason: 'names no source', hint: 'write { source: ID, secret: NAME }' };

const fromSchema = z.union(
  [
    referenceSchema,
    z
      .record(variable, referenceSchema)
      .check(refuse((references) => (Object.keys(references).length > 0 ? undefined : noSource))),
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

const description = () =>
  withDefault(z.string(), '', 'Text for people, shown in the control panel; may be a template.');

const explicitSchema = transformed(
  z
    .strictObject({
      name: described(
        z.string().check(refuse(nameFlaw)),
        'Name of the secret in Voximplant, taken literally: a letter, then letters, digits and `_`; 64 at most.',
      ),
      from: described(fromSchema, 'One reference, or several by variable of the template.'),
      template: optional(text(), 'Liquid template of the value; a single reference is `{{ value }}`.'),
      description: description(),
    })
    .check(refuse(templateFlaw)),
  ({ from, ...rest }) => ({ ...rest, inputs: inputsOf(from) }),
);

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

const globs = (meaning: string) => withDefault(z.array(z.string().check(refuse(globFlaw))), [], meaning);

const querySchema = z.strictObject({
  source: described(text(), 'Id of the source.'),
  prefix: withDefault(z.string(), '', 'Names or paths that start with this; empty for all.'),
  tags: optional(z.record(text(), z.string()), 'Tags that a secret must all have (AWS).'),
  metadata: optional(
    z.record(text(), z.string()),
    'Custom metadata that a secret must all have (Vault, KV version 2).',
  ),
  description: optional(text(), 'What the description of a secret must start with, letter by letter (AWS).'),
  owningService: optional(text(), 'The AWS service that must manage a secret, such as `rds` (AWS).'),
});

const discoverySchema = transformed(
  z.strictObject({
    from: described(querySchema, 'Which secrets of which source.'),
    fields: optional(
      z.union([z.literal('all'), z.array(text()).check(z.minLength(1))], {
        error: flawMessage({
          reason: 'must be all or a list of keys',
          hint: 'write all, or [user, password]',
        }),
      }),
      'One secret per JSON field: `all`, or a list of keys; without it the whole value.',
    ),
    name: described(
      text(),
      'Liquid template of the name, with `{{ path }}`, `{{ field }}` and `{{ metadata.KEY }}` (Vault); made upper snake case, then checked.',
    ),
    description: description(),
    include: globs('Globs over paths; empty lets everything in.'),
    exclude: globs('Globs over paths to leave out.'),
  }),
  ({ from: { source, ...query }, ...rest }) => ({ source, query, ...rest }),
);

const applicationName = z.string().check(refuse(globFlaw));
const applicationId = z.strictObject({
  id: described(z.int().check(z.positive()), 'Id of the application.'),
});
const applicationHint = { reason: 'is no application', hint: 'write a name, a glob or { id: 123 }' };
const applicationSchema = z.union([applicationName, applicationId], { error: flawMessage(applicationHint) });
const applicationsSchema = z.union(
  [applicationName, applicationId, z.array(applicationSchema).check(z.minLength(1))],
  { error: flawMessage({ ...applicationHint, hint: `${applicationHint.hint}, or a list of these` }) },
);

const noSecrets = {
  reason: 'maps nothing',
  hint: 'add secrets or discover; `secrets: []` says that nothing is wanted',
};

export const mappingSchema = transformed(
  z
    .strictObject({
      application: described(
        applicationsSchema,
        "Application to write to: its name, `{ id: 123 }`, a glob over the account's applications, or a list of these.",
      ),
      account: optional(text(), 'Id of the account; may be left out when there is one.'),
      secrets: optional(z.array(explicitSchema), 'Secrets named one by one; `[]` says that none is wanted.'),
      discover: optional(z.array(discoverySchema), 'Secrets selected by a query.'),
    })
    .check(refuse(({ secrets, discover }) => ((secrets ?? discover) === undefined ? noSecrets : undefined))),
  // An application keeps being looked at with nothing mapped to it, so that what is ours there can be pruned.
  ({ application, secrets = [], discover = [], ...rest }) => ({
    ...rest,
    secrets,
    applications: Array.isArray(application) ? application : [application],
    discoveries: discover,
  }),
);
/** A mapping as the schema leaves it: references by variable, applications as a list. */
export type ParsedMapping = z.output<typeof mappingSchema>;
