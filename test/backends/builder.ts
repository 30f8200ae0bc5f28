// Builds one recipe into the cache folder, once: what is there without its completion marker is not there.
import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { completionMarker, locateRecipe } from './locate.ts';
import { withLock } from './lock.ts';
import { startProcess } from './process.ts';
import { outputFolder, type Recipe, type Step, type Tool } from './recipe.ts';

export type Outcome =
  | { readonly kind: 'built'; readonly seconds: number }
  | { readonly kind: 'already there' }
  | { readonly kind: 'skipped'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string };

/** Builds a recipe unless it is built; never rejects for what the build itself does wrong. */
export async function buildRecipe(name: string, recipe: Recipe): Promise<Outcome> {
  if (isBuilt(name, recipe)) return { kind: 'already there' };
  const lacking = await findLack(recipe.tool, recipe.folder);
  if (lacking !== undefined) return { kind: 'skipped', reason: lacking };
  const output = outputFolder(name, recipe);
  await mkdir(dirname(output), { recursive: true });
  return withLock(`${output}.lock`, async () => {
    // Another builder may have finished while this one waited.
    if (isBuilt(name, recipe)) return { kind: 'already there' };
    return buildInto(output, name, recipe);
  });
}

function isBuilt(name: string, recipe: Recipe): boolean {
  return 'path' in locateRecipe(name, recipe);
}

/**
 * Builds in the final place, because a Python environment cannot be moved; the marker, written last,
 * is what makes the folder count.
 */
async function buildInto(output: string, name: string, recipe: Recipe): Promise<Outcome> {
  const startedAt = Date.now();
  await rm(output, { recursive: true, force: true });
  for (const step of recipe.steps(output)) {
    const failure = await runStep(step, recipe.folder);
    if (failure !== undefined) {
      await rm(output, { recursive: true, force: true });
      return { kind: 'failed', reason: failure };
    }
  }
  await writeFile(join(output, completionMarker), '');
  const location = locateRecipe(name, recipe);
  if ('missing' in location) return { kind: 'failed', reason: location.missing };
  return { kind: 'built', seconds: Math.round((Date.now() - startedAt) / 1000) };
}

async function runStep(step: Step, folder: string): Promise<string | undefined> {
  const { command, args } = step;
  const child = startProcess({ command, args, folder, environment: { ...process.env, ...step.environment } });
  const code = await child.ended;
  if (code === 0) return undefined;
  return `${command} ended with ${code === undefined ? 'no exit code' : `exit code ${code}`}:\n${child.tail()}`;
}

/** Why a tool will not do, or nothing. */
async function findLack(tool: Tool, folder: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(tool.command, [...tool.args], { cwd: folder });
    const [, major, minor] = /(\d+)\.(\d+)/.exec(stdout) ?? [];
    const [oldestMajor, oldestMinor] = tool.atLeast;
    const isNewEnough =
      Number(major) > oldestMajor || (Number(major) === oldestMajor && Number(minor) >= oldestMinor);
    return isNewEnough ? undefined : `it needs ${tool.title}, and found ${stdout.trim()}`;
  } catch {
    return `it needs ${tool.title}`;
  }
}
