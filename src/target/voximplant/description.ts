// Whether a description that is listed is the one that was written.
import { descriptionLimit } from '../../secret/limits.ts';

/** Descriptions are cut without a word; nobody has said what the limit counts. */
export function isShownAs(listed: string, written: string): boolean {
  return listed === written || (listed.length >= descriptionLimit && written.startsWith(listed));
}
