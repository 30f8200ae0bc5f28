// How the Vault server is built: the pinned Go module beside this file, without its user interface and cloud plugins; and one plugin.
import { goRecipe } from '../go.ts';

/** The Kubernetes login is no part of a minimal Vault; this is its plugin, under the name that Vault knows it by. */
export const kubernetesPlugin = 'vault-plugin-auth-kubernetes';

export const vault = goRecipe({
  folder: import.meta.dirname,
  files: ['main.go'],
  minor: 25,
  tag: 'minimal',
  programs: [
    ['vault', '.'],
    // In a folder of its own, since Vault takes each file beside it for a plugin.
    [`plugins/${kubernetesPlugin}`, `github.com/hashicorp/${kubernetesPlugin}/cmd/${kubernetesPlugin}`],
  ],
});
