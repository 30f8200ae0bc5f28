// What a file source needs: to read its file.
import type { SourcePolicy } from '../policy.ts';
import type { FileSettings } from './source.ts';

/** Whatever the mappings ask, the whole file is read. */
export function filePolicy({ path }: FileSettings): SourcePolicy {
  return {
    title: 'access of the user that voxsync runs as',
    notes: [`Read access to the file ${path}, and to nothing else.`],
  };
}
