// The body of a call: the only place where the target opens a box, and the only way to name secrets for deletion.
import { VoxsyncError } from '../../errors.ts';
import { SecretBox } from '../../secret/box.ts';

/** Ids joined for DelSecret. Only `deletionList` makes one, so that neither `all` nor nothing can be sent. */
export type DeletionList = string & { readonly deletionList: true };

/** Joins ids. Throws `unexpected` for an empty list and for anything but positive safe integers. */
export function deletionList(ids: readonly number[]): DeletionList {
  const text = [...new Set(ids)].map(checkedId).join(';');
  if (isDeletionList(text)) return text;
  throw new VoxsyncError('unexpected', 'a deletion was asked for without naming a secret');
}

function isDeletionList(text: string): text is DeletionList {
  return /^\d+(?:;\d+)*$/.test(text);
}

/** The id itself. Throws `unexpected` for what cannot be one. */
export function checkedId(id: number): number {
  if (Number.isSafeInteger(id) && id > 0) return id;
  throw new VoxsyncError('unexpected', 'an id is no positive integer');
}

/** CallParameters by the API's names; `undefined` ones are not sent. A `DeletionList` is the only text that names secrets by id. */
export type CallParameters = Readonly<Record<string, number | string | SecretBox | undefined>> & {
  readonly secret_id?: number | DeletionList;
  readonly application_id?: number;
};

/** The parameters as `application/x-www-form-urlencoded`: exact to the byte, unlike multipart, which changes line ends. */
export function formBody(parameters: CallParameters): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries<number | string | SecretBox | undefined>(parameters)) {
    if (value !== undefined) form.append(name, value instanceof SecretBox ? value.reveal() : String(value));
  }
  return form.toString();
}
