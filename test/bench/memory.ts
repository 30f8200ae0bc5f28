// The most memory that a pass over a thousand secrets takes: discovered or named one by one, when all is new and when nothing changed.
import { contenders } from './contenders/all.ts';
import type { ContenderId } from './contenders/contender.ts';
import { runMeasured } from './measure.ts';
import { median } from './numbers.ts';
import { onStage, type Stage } from './stage.ts';

/** In MiB: the first sync, and the median of the passes after it. */
export interface Peak {
  readonly first: number;
  readonly unchanged: number;
}

export type Peaks = Readonly<Record<'discovered' | 'named' | 'script', Peak>>;

const names = Array.from({ length: 1000 }, (_, index) => `KEY_${String(index).padStart(4, '0')}`);

export async function measurePeaks(rounds: number, tell: (text: string) => void): Promise<Peaks> {
  const options = { latencyMs: 0, applications: ['discovered', 'named', 'script'] };
  return onStage(options, async (stage) => {
    const secrets = names.map((name) => [`base/${name}`, `${name} ${'x'.repeat(32)}`]);
    await stage.saveSecrets(Object.fromEntries(secrets));
    const measuring = { stage, rounds, tell };
    return {
      discovered: await peakOf('voxsync', 'discovered', measuring),
      named: await peakOf('voxsync', 'named', { ...measuring, named: names }),
      script: await peakOf('eight', 'script', measuring),
    };
  });
}

interface Measuring {
  readonly stage: Stage;
  readonly rounds: number;
  readonly tell: (text: string) => void;
  readonly named?: readonly string[];
}

async function peakOf(
  contender: ContenderId,
  application: string,
  { stage, rounds, tell, ...naming }: Measuring,
): Promise<Peak> {
  const command = await contenders[contender].prepare(stage.task(application, naming));
  const { peakMiB: first } = await runMeasured(command);
  const others: number[] = [];
  for (let round = 0; round < rounds; round += 1) others.push((await runMeasured(command)).peakMiB);
  tell(`peak, ${application}: ${[first, ...others].map(Math.round).join(', ')} MiB`);
  return { first, unchanged: median(others) };
}
