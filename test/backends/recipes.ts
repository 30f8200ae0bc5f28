// The registry: one line for each server that the tests can have.
import { moto } from './moto/recipe.ts';
import { vault } from './vault/recipe.ts';
import type { Recipe } from './recipe.ts';

export const recipes = { vault, moto } as const satisfies Record<string, Recipe>;

export type BackendName = keyof typeof recipes;
