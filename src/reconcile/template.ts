// Templates for names, descriptions and values: Liquid under limits, loaded only when a config uses one.
import type { Liquid, Template as Parsed } from 'liquidjs';
import { SecretBox } from '../secret/box.ts';
import { VoxsyncError } from '../errors.ts';

/** What a template of a name or a description sees: texts, and texts by key (`{{ metadata.team }}`). */
export type PublicVariables = Readonly<Record<string, string | Readonly<Record<string, string>> | undefined>>;

/** Renders templates. Variables of public templates are texts; those of value templates are boxes. */
export interface Templates {
  /** Throws `config-invalid` for a text that the engine cannot parse. */
  check(template: string, place: string): void;
  /** A name or a description. Throws `secret-invalid`. `place` names the template in messages. */
  renderText(template: string, variables: PublicVariables, place: string): string;
  /** A value. The variables are opened only inside, and nothing of them reaches an error. */
  renderValue(template: string, variables: Readonly<Record<string, SecretBox>>, place: string): SecretBox;
}

const limits = { parseLimit: 16_384, renderLimit: 1000, memoryLimit: 1_000_000 };

/** What renders the templates given: the engine, or nothing at all where no text asks for one. */
export async function loadTemplates(texts: Iterable<string>): Promise<Templates> {
  for (const text of texts) if (isTemplate(text)) return loadEngine();
  return { check: () => {}, renderText: (text) => text, renderValue: (text) => new SecretBox(text) };
}

function isTemplate(text: string): boolean {
  return text.includes('{{') || text.includes('{%');
}

async function loadEngine(): Promise<Templates> {
  const { Liquid } = await import('liquidjs');
  const engine = new Liquid({
    ...limits,
    // The same on every machine, and without asking ICU, which takes 10 ms.
    locale: 'en-US',
    strictVariables: true,
    strictFilters: true,
    ownPropertyOnly: true,
    templates: {},
  });
  const parsed = new Map<string, Parsed[]>();
  const parse = (template: string, place: string): Parsed[] => {
    const known = parsed.get(template) ?? parseTemplate(engine, template, place);
    parsed.set(template, known);
    return known;
  };
  const render = (template: string, variables: PublicVariables, place: string): string => {
    if (!isTemplate(template)) return template;
    const tokens = parse(template, place);
    try {
      return String(engine.renderSync(tokens, variables));
    } catch (error) {
      throw new VoxsyncError('secret-invalid', `${place}: ${renderProblem(error)}`, {
        hint: hintFor(variables),
      });
    }
  };
  return {
    check: (template, place) => void parse(template, place),
    renderText: render,
    renderValue: (template, variables, place) => new SecretBox(render(template, openBoxes(variables), place)),
  };
}

function openBoxes(variables: Readonly<Record<string, SecretBox>>): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).map(([name, box]) => [name, box.reveal()]));
}

function parseTemplate(engine: Liquid, template: string, place: string): Parsed[] {
  try {
    return engine.parse(template);
  } catch (error) {
    // A template is part of the config and holds no value, so the parser may quote it.
    const reason = error instanceof Error ? error.message.split('\n')[0] : 'unknown';
    throw new VoxsyncError('config-invalid', `${place}: the template cannot be parsed: ${reason}`, {
      hint: 'Templates are Liquid: `{{ name | filter }}`.',
    });
  }
}

/** Only the name of an undefined variable is told: other messages of the engine may quote what was rendered. */
function renderProblem(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  const undefinedName = /^undefined variable: ([\w.[\]-]{1,64})/.exec(message)?.[1];
  if (undefinedName !== undefined) return `the template uses ${undefinedName}, which is not defined here`;
  return /limit exceeded/.test(message)
    ? 'the template is too costly to render'
    : 'the template cannot be rendered';
}

function hintFor(variables: PublicVariables): string {
  return `Defined here: ${Object.keys(variables).join(', ')}.`;
}
