// How the store of the API server is built: the pinned Go module beside this file.
import { goRecipe } from '../go.ts';

export const etcd = goRecipe({
  folder: import.meta.dirname,
  files: ['main.go'],
  minor: 26,
  programs: [['etcd', '.']],
});
