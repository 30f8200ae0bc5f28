// What a directory source needs: to list its directory and to read the files in it.
import type { SourcePolicy } from '../policy.ts';
import type { DirectorySettings } from './source.ts';

/** Whatever the mappings ask, every file of the directory is read. */
export function directoryPolicy({ path }: DirectorySettings): SourcePolicy {
  return {
    title: 'access of the user that voxsync runs as',
    notes: [
      `Read and search (r-x) on the directory ${path}, and read access to the files in it.`,
      'A mounted Kubernetes Secret gives it to the pod; the service account needs no role for that.',
    ],
  };
}
