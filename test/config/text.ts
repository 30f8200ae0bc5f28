// Config texts for tests: a sound one of five lines, each of which a test may replace, and whatever it adds below.
import { parseConfig } from '../../src/config/parse.ts';
import type { Environment } from '../../src/config/interpolate.ts';
import { ConfigError } from '../../src/config/problem.ts';

/** The sound lines, by the key that each starts with. */
export const sound = {
  owner: 'owner: acme',
  policy: 'policy: sync',
  accounts: 'accounts: { main: { credentials: { env: CREDENTIALS } } }',
  sources:
    'sources: { aws: { kind: aws-secrets-manager }, vault: { kind: vault, address: "https://v", auth: { method: token, token: { env: T } } }, local: { kind: file, path: s } }',
  mappings: 'mappings: [{ application: ivr, secrets: [{ name: KEY, from: { source: aws, secret: s } }] }]',
};

/** The sound text with some lines replaced; what stands under `more` follows on line 6. */
export function configText(changes: Partial<typeof sound> & { readonly more?: string } = {}): string {
  const { more = '', ...lines } = changes;
  return [...Object.values({ ...sound, ...lines }), more].join('\n');
}

/** The lines of the error that a text is refused with; none when it is accepted. */
export async function refusal(text: string, environment: Environment = {}): Promise<readonly string[]> {
  try {
    await parseConfig(text, 'c.yaml', environment);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.split('\n');
  }
}

/** The mappings line with one secret, and with one discovery. */
export const withSecret = (secret: string) => ({
  mappings: `mappings: [{ application: ivr, secrets: [${secret}] }]`,
});
export const withDiscovery = (discovery: string) => ({
  mappings: `mappings: [{ application: ivr, discover: [${discovery}] }]`,
});

export type Changes = Parameters<typeof configText>[0];
/** A name, what is changed of the sound text, and the lines of the error without the name of the file. */
export type Case = readonly [string, Changes, readonly string[]];

/** The lines that a changed text is refused with, without the name of the file. */
export async function linesOf(changes: Changes): Promise<readonly string[]> {
  return (await refusal(configText(changes))).map((line) => line.replace(/^c\.yaml:/, ''));
}
