// How the Kubernetes API server is built: the pinned Go module beside this file.
import { goRecipe } from '../go.ts';

export const kubernetes = goRecipe({
  folder: import.meta.dirname,
  files: ['kube-apiserver/main.go'],
  minor: 25,
  programs: [['kube-apiserver', './kube-apiserver']],
});
