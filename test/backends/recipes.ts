// The registry: one line for each server that the tests can have.
import { etcd } from './etcd/recipe.ts';
import { kubernetes } from './kubernetes/recipe.ts';
import { moto } from './moto/recipe.ts';
import { openbao } from './openbao/recipe.ts';
import { vault } from './vault/recipe.ts';
import type { Recipe } from './recipe.ts';

export const recipes = { vault, openbao, moto, kubernetes, etcd } as const satisfies Record<string, Recipe>;

export type BackendName = keyof typeof recipes;
