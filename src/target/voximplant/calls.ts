// The methods of the API that we use, each as a call: its parameters and the shape of its answer.
import type { SecretBox } from '../../secret/box.ts';
import type { Application, ListedSecret, SecretContents } from '../target.ts';
import {
  accountAnswer,
  addedAnswer,
  applicationsAnswer,
  doneAnswer,
  secretsAnswer,
  valueAnswer,
} from './answers.ts';
import type { Call } from './client.ts';
import { checkedId, deletionList } from './form.ts';
import type { Page } from './page.ts';

/** An application's id is checked like a secret's, so that no call can go without one. */
const within = (applicationId: number) => ({ application_id: checkedId(applicationId) });

export function getApplications(count: number, offset: number): Call<Page<Application>> {
  return {
    method: 'GetApplications',
    isWrite: false,
    parameters: { count, offset },
    answer: applicationsAnswer,
  };
}

export function getSecrets(applicationId: number, count: number, offset: number): Call<Page<ListedSecret>> {
  const parameters = { ...within(applicationId), count, offset };
  return { method: 'GetSecrets', isWrite: false, parameters, answer: secretsAnswer };
}

export function getSecretValue(
  applicationId: number,
  secretId: number,
): Call<{ readonly id?: number | undefined; readonly value: SecretBox }> {
  const parameters = { ...within(applicationId), secret_id: checkedId(secretId) };
  return { method: 'GetSecretValue', isWrite: false, parameters, answer: valueAnswer };
}

export function addSecret(
  applicationId: number,
  name: string,
  { value, description }: Required<SecretContents>,
): Call<unknown> {
  const parameters = { ...within(applicationId), secret_name: name, secret_value: value, description };
  return { method: 'AddSecret', isWrite: true, parameters, answer: addedAnswer };
}

export function setSecretInfo(
  applicationId: number,
  secretId: number,
  { value, description }: SecretContents,
): Call<unknown> {
  const parameters = {
    ...within(applicationId),
    secret_id: checkedId(secretId),
    secret_value: value,
    description,
  };
  return { method: 'SetSecretInfo', isWrite: true, parameters, answer: doneAnswer };
}

export function delSecret(applicationId: number, secretIds: readonly number[]): Call<unknown> {
  const parameters = { ...within(applicationId), secret_id: deletionList(secretIds) };
  return { method: 'DelSecret', isWrite: true, parameters, answer: doneAnswer };
}

export function getAccountInfo(): Call<AccountInfo> {
  return { method: 'GetAccountInfo', isWrite: false, parameters: {}, answer: accountAnswer };
}

/** What `voxsync check --online` asks. */
export interface AccountInfo {
  readonly active: boolean;
  readonly frozen: boolean;
}
