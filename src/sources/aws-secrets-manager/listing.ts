// Walks the pages of ListSecrets.
import type { ListSecretsCommandInput, SecretListEntry } from '@aws-sdk/client-secrets-manager';
import type { SecretsApi } from './api.ts';
import { answerInvalid } from './failures.ts';
import { isContradiction } from './naming.ts';

const pageSize = 100;

/** Page after page, until AWS says that there are no more. Throws what the call throws, and on answers that AWS would not give. */
export async function* listPages(
  api: SecretsApi,
  input: Omit<ListSecretsCommandInput, 'MaxResults' | 'NextToken'>,
  signal: AbortSignal,
): AsyncGenerator<readonly SecretListEntry[], void, undefined> {
  const call = { id: api.id, operation: 'ListSecrets' } as const;
  const seen = new Set<string>();
  let token: string | undefined;
  do {
    const page = await api.list({ ...input, MaxResults: pageSize, NextToken: token }, signal);
    // Without a list, this is not AWS's answer, and no reason to believe that there are no secrets.
    if (page.SecretList === undefined) throw answerInvalid(call, 'gave no list');
    if (page.SecretList.some(isContradiction)) throw answerInvalid(call, 'gave a secret two names');
    yield page.SecretList;
    token = page.NextToken;
    if (token !== undefined && seen.has(token)) {
      throw answerInvalid(call, 'repeats its pages');
    }
    if (token !== undefined) seen.add(token);
  } while (token !== undefined);
}
