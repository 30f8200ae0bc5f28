// Tells where a built server is, without building it.
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { outputFolder, type Recipe } from './recipe.ts';
import { recipes, type BackendName } from './recipes.ts';

/** The absolute path of an executable, or why there is none. */
export type Location = { readonly path: string } | { readonly missing: string };

/** The file that a build writes last. */
export const completionMarker = '.complete';

/** Where the executable of a built server is, or why it cannot be used. */
export function locateBackend(name: BackendName): Location {
  return locateRecipe(name, recipes[name]);
}

/** As `locateBackend`, for a recipe that need not be registered. */
export function locateRecipe(name: string, recipe: Recipe): Location {
  const folder = outputFolder(name, recipe);
  const [executable] = recipe.products;
  const absent = [completionMarker, ...recipe.products].find((product) => !isThere(join(folder, product)));
  if (absent === completionMarker) return { missing: `${name} is not built; run npm run backends` };
  if (absent !== undefined) return { missing: `${name} lacks ${absent} in ${folder}; run npm run backends` };
  return { path: join(folder, executable) };
}

function isThere(path: string): boolean {
  try {
    accessSync(path, path.endsWith(completionMarker) ? constants.F_OK : constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
