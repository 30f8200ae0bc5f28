// The grammar of Voximplant secret names, and the way free text becomes such a name.

/** A name that the grammar accepts: a letter, then up to 63 letters, digits and underscores. */
export type SecretName = string & { readonly secretName: true };

/** The longest name, in characters. */
export const nameLimit = 64;

const grammar = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

/** Whether the text is a valid name. */
export function isSecretName(text: string): text is SecretName {
  return grammar.test(text);
}

/** Why a text is no valid name, as half a sentence; `undefined` for a valid one. */
export function nameProblem(text: string): string | undefined {
  if (isSecretName(text)) return undefined;
  if (text === '') return 'is empty';
  if (text.length > nameLimit) return `has ${text.length} characters, ${nameLimit} are allowed`;
  if (!/^[A-Za-z]/.test(text)) return 'must start with a letter';
  return 'may hold only letters, digits and underscores';
}

/** Upper snake case: `prod/crm apiKey` becomes `PROD_CRM_API_KEY`. The result may still be refused by the grammar. */
export function upperSnakeCase(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{Mark}/gu, '')
    .replaceAll(/([a-z]\d*)([A-Z])/g, '$1_$2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .replaceAll(/^_|_$/g, '')
    .toUpperCase();
}
