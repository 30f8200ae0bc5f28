// What Voximplant accepts as a value and as a description, checked before anything is written.
import type { SecretBox } from './box.ts';

/** The longest value, counted in UTF-16 units: the stricter reading of an undocumented limit. */
export const valueLimit = 8192;
/** The longest description; Voximplant cuts what is longer without a word. */
export const descriptionLimit = 200;

/** Why a value cannot be written, as half a sentence that tells nothing of it; `undefined` when it can. */
export function valueProblem(value: SecretBox): string | undefined {
  if (value.satisfies((text) => text === '')) return 'is empty';
  if (value.satisfies((text) => text.length > valueLimit)) return `is longer than ${valueLimit} characters`;
  if (!value.satisfies((text) => text.isWellFormed())) return 'is not well-formed Unicode';
  return undefined;
}

/** A description as it is stored: one line, single spaces, no control characters. */
export function tidyDescription(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Zs}]+/gu, ' ')
    .trim()
    .toWellFormed();
}
