// `npm run bench`: measures voxsync beside its alternatives, and prints one report; progress goes to stderr.
import { writeFile } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { applicationCounts, startRounds } from './blocks.ts';
import { readArguments, type Part, type Wish } from './arguments.ts';
import { bundlePrograms } from './contenders/scripts.ts';
import { measurePeaks } from './memory.ts';
import { renewReadme } from './readme-block.ts';
import { reportLines, summaryLines } from './report.ts';
import type { Results } from './results.ts';
import { runBlock, type Run } from './runs.ts';
import { measurePlan, runAtScale } from './scale.ts';
import { runSources } from './sources.ts';
import { measureStarts } from './starts.ts';
import { judge } from './verdicts.ts';

// The SDK in this process tells of Node versions to come, in the middle of a table.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

const wish = readArguments(process.argv.slice(2));
await bundlePrograms();
const results = await measure(wish);
process.stdout.write(`${[...reportLines(results)].join('\n')}\n`);
if (wish.json !== undefined) {
  await writeFile(wish.json, JSON.stringify({ ...results, verdicts: judge(results) }, undefined, 2));
}
if (wish.isForReadme) await renewReadme(summaryLines(results));

/** One part after the other, so that none disturbs another. */
async function measure({ extent, blocks, parts }: Wish): Promise<Results> {
  const isWanted = (part: Part) => parts.includes(part);
  const rounds = startRounds[extent];
  const runs: Run[] = [];
  if (isWanted('scenarios')) for (const block of blocks) runs.push(...(await runBlock(block, tell)));
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: machine(),
    extent,
    runs,
    starts: isWanted('starts') ? await measureStarts(rounds, tell) : undefined,
    peaks: isWanted('memory') ? await measurePeaks(Math.ceil(rounds / 4), tell) : undefined,
    plan: isWanted('scale') ? await measurePlan(1000) : undefined,
    scale: isWanted('scale') ? await runAtScale(applicationCounts[extent], tell) : undefined,
    sources: isWanted('sources') ? await runSources(tell) : undefined,
  };
}

function machine(): Results['machine'] {
  return {
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
  };
}

function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}
