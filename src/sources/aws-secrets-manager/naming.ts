// How AWS names secrets: plain names, ARNs, ARNs without their random suffix; and which of them mean the same secret.

const arn = /^arn:[^:]+:secretsmanager:[^:]+:[^:]*:secret:(.+)$/s;
const regionalArn = /^arn:[^:]+:secretsmanager:([a-z0-9-]{1,40}):/;
const randomSuffix = /^-[A-Za-z0-9]{6}$/;
const filterable = /^[A-Za-z0-9 :_@/+=.-][A-Za-z0-9 :_@/+=.!-]{0,511}$/;

/** A secret as an answer names it. */
export interface NamedSecret {
  readonly ARN?: string | undefined;
  readonly Name?: string | undefined;
}

/** Whether the text is an ARN of a secret, with or without its suffix. */
export function isArn(text: string): boolean {
  return arn.test(text);
}

/** The region that an ARN names; `undefined` for a plain name. */
export function regionIn(text: string): string | undefined {
  return isArn(text) ? regionalArn.exec(text)?.[1] : undefined;
}

/** The account that an ARN of any service names; `undefined` for a plain name. */
export function accountIn(text: string): string | undefined {
  return /^arn:[^:]+:[^:]+:[^:]*:(\d{12}):/.exec(text)?.[1];
}

/** Whether ListSecrets takes the text as the value of a filter; a leading `!` would negate it. */
export function isFilterable(text: string): boolean {
  return filterable.test(text);
}

/** Whether the secret is the one asked for, by name, ARN, or ARN without suffix. One whose names contradict each other is none. */
export function isSameSecret(asked: string, secret: NamedSecret): boolean {
  const { ARN, Name } = secret;
  if (isContradiction(secret)) return false;
  if (asked === ARN || (asked === Name && Name !== undefined)) return true;
  return isArn(asked) && isSuffixed(asked, ARN);
}

/** Whether a secret calls itself by two names: an ARN holds the name, so the two must agree. The SDK does not check that they are texts. */
export function isContradiction({ ARN, Name }: NamedSecret): boolean {
  if (typeof ARN !== 'string' || typeof Name !== 'string') return false;
  return !isNameIn(ARN, Name);
}

/** Whether the id of an error means the secret asked for; AWS gives a name or an ARN, whatever was asked. */
export function isSameId(asked: string, id: string): boolean {
  if (asked === id) return true;
  if (isArn(asked) && isArn(id)) return isSuffixed(asked, id) || isSuffixed(id, asked);
  if (isArn(id)) return isNameIn(id, asked);
  return isArn(asked) && isNameIn(asked, id);
}

function isNameIn(fullArn: string, name: string): boolean {
  const resource = arn.exec(fullArn)?.[1];
  return resource !== undefined && (resource === name || isSuffixed(name, resource));
}

function isSuffixed(stem: string, text: string | undefined): boolean {
  return text !== undefined && text.startsWith(stem) && randomSuffix.test(text.slice(stem.length));
}
