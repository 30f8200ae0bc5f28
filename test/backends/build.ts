// `npm run backends`: builds every server that the machine at hand can build, one line for each.
import PQueue from 'p-queue';
import { buildRecipe, type Outcome } from './builder.ts';
import { recipes } from './recipes.ts';

/** Two at once: one mostly compiles, the other mostly downloads. */
const queue = new PQueue({ concurrency: 2 });

/** In CI a server that cannot be built is a failure too. */
function isFailure(outcome: Outcome): boolean {
  return outcome.kind === 'failed' || (outcome.kind === 'skipped' && process.env['CI'] === 'true');
}

function describeOutcome(outcome: Outcome): string {
  if (outcome.kind === 'built') return `built in ${outcome.seconds} s`;
  if (outcome.kind === 'skipped') return `skipped because ${outcome.reason}`;
  if (outcome.kind === 'failed') return `failed: ${outcome.reason}`;
  return outcome.kind;
}

await Promise.all(
  Object.entries(recipes).map(([name, recipe]) =>
    queue.add(async () => {
      const outcome = await buildRecipe(name, recipe);
      process.stdout.write(`${name}: ${describeOutcome(outcome)}\n`);
      if (isFailure(outcome)) process.exitCode = 1;
    }),
  ),
);
