// The content of credentials.json, checked: account, key id and private key, or a sentence that says what is wrong with it.
import type { KeyObject } from 'node:crypto';
import * as z from 'zod/mini';
import { VoxsyncError } from '../../errors.ts';
import type { SecretBox } from '../../secret/box.ts';
import { readPrivateKey } from './pem.ts';

/** Who signs, and with what. */
export interface Credentials {
  readonly accountId: number;
  readonly keyId: string;
  /** RSA, at least 2048 bits. */
  readonly privateKey: KeyObject;
}

const filled = z.string().check(z.trim(), z.minLength(1));
const digits = filled.check(z.regex(/^\d{1,15}$/));

const credentialsSchema = z.object({
  account_id: z.union([z.int().check(z.positive()), z.pipe(digits, z.transform(Number))]),
  key_id: z.union([filled, z.pipe(z.int(), z.transform(String))]),
  private_key: z.string(),
});

/** Reads the text of credentials.json. Throws `credentials-invalid`; its message never quotes the text, and who opens the account names it. */
export function readCredentials(text: SecretBox): Credentials {
  const document = readDocument(text.reveal());
  const parsed = credentialsSchema.safeParse(document);
  if (!parsed.success) throw invalid(fieldProblem(parsed.error));
  const { account_id: accountId, key_id: keyId, private_key: pem } = parsed.data;
  const key = readPrivateKey(pem);
  if (!key.isUsable) throw invalid(`private_key ${key.problem}`, key.hint);
  return { accountId, keyId, privateKey: key.privateKey };
}

function invalid(problem: string, hint?: string): VoxsyncError {
  return new VoxsyncError('credentials-invalid', `credentials: ${problem}`, { hint });
}

function readDocument(text: string): unknown {
  const trimmed = text.replace(/^\uFEFF/, '').trim();
  if (trimmed === '') throw invalid('they are empty');
  if (trimmed.startsWith('-----BEGIN')) {
    throw invalid(
      'they are a bare PEM block',
      'Give the whole credentials.json of the control panel, not only its private_key.',
    );
  }
  try {
    const document: unknown = JSON.parse(trimmed);
    return document;
  } catch {
    // The parser's own message quotes the text, so it is not kept as a cause.
    throw invalid(
      'they are not JSON',
      'Give credentials.json as the control panel hands it out; inside its strings a line break is written \\n.',
    );
  }
}

/** Which fields are missing or of the wrong kind, by name only. */
function fieldProblem(error: z.core.$ZodError): string {
  const fields = new Set(error.issues.map((issue) => issue.path[0]).filter((name) => name !== undefined));
  if (fields.size === 0) return 'they are not a JSON object';
  return `${[...fields].map(String).join(', ')} missing or of the wrong kind`;
}
