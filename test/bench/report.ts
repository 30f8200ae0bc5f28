// The report of a bench as Markdown: one table of what was measured, what was left out, and what must hold.
import { blocks, type Block } from './blocks.ts';
import { contenders } from './contenders/all.ts';
import type { ContenderId } from './contenders/contender.ts';
import type { Usage } from './measure.ts';
import { rowsOf, writesIn, type Results, type Row } from './results.ts';
import { secretsPerApplication, type ScaleRun } from './scale.ts';
import { scenarioTitles } from './scenarios.ts';
import { valueReadsIn } from './source-calls.ts';
import type { SourceRun } from './sources.ts';
import { callsText, duration, tableLines, whole, type Column } from './table.ts';
import { judge, type Verdict } from './verdicts.ts';

/** One line of the table, whatever it was measured with. */
interface Line extends Omit<Usage, 'cpuMs'> {
  readonly cpuMs?: number;
  readonly where: string;
  readonly scenario: string;
  readonly contender: ContenderId;
  readonly calls: string;
  readonly valueReads: number;
  readonly writes: number;
  /** Only where the bench sets the latency. */
  readonly bound?: Pick<Row, 'boundMs' | 'ratio'>;
}

const columns: readonly Column<Line>[] = [
  { title: 'secrets', cell: ({ where }) => where },
  { title: 'scenario', cell: ({ scenario }) => scenario },
  { title: 'who', cell: ({ contender }) => contenders[contender].title },
  { title: 'calls', cell: ({ calls }) => calls },
  { title: 'value reads', align: 'right', cell: ({ valueReads }) => whole(valueReads) },
  { title: 'writes', align: 'right', cell: ({ writes }) => whole(writes) },
  { title: 'wall', align: 'right', cell: ({ wallMs }) => duration(wallMs) },
  { title: 'pass', align: 'right', cell: ({ passMs }) => (passMs === undefined ? '–' : duration(passMs)) },
  { title: 'bound', align: 'right', cell: ({ bound }) => (bound ? duration(bound.boundMs) : '–') },
  { title: 'ratio', align: 'right', cell: ({ bound }) => (bound ? bound.ratio.toFixed(2) : '–') },
  { title: 'peak, MiB', align: 'right', cell: ({ peakMiB }) => whole(peakMiB) },
  { title: 'CPU', align: 'right', cell: ({ cpuMs }) => (cpuMs === undefined ? '–' : duration(cpuMs)) },
];

const verdictColumns: readonly Column<Verdict>[] = [
  { title: 'what must hold', cell: ({ what }) => what },
  { title: 'measured', align: 'right', cell: ({ measured }) => measured },
  { title: 'bound', align: 'right', cell: ({ bound }) => bound },
  { title: '', cell: ({ holds }) => (holds ? 'holds' : '**misses**') },
  { title: 'beside it', cell: ({ others }) => others },
];

/** The whole report. */
export function reportLines(results: Results): readonly string[] {
  const { runs, sources, scale = [] } = results;
  const lines = [
    ...rowsOf(runs).map(lineOfRow),
    ...(sources?.runs ?? []).map(lineOfSource),
    ...scale.map(lineOfScale),
  ];
  return [...heading(results), ...measuredLines(lines), ...notesOf(results), ...verdictLines(results)];
}

/** What the project's README shows: a thousand secrets, and what must hold. */
export function summaryLines(results: Results): readonly string[] {
  const lines = rowsOf(
    results.runs.filter(({ secrets, pageSize }) => secrets === 1000 && pageSize === 1000),
  ).map(lineOfRow);
  return [...heading(results), ...measuredLines(lines), ...verdictLines(results)];
}

function heading({ date, machine, extent }: Results): readonly string[] {
  const { cores, memoryGiB, node, platform } = machine;
  const command = extent === 'default' ? 'npm run bench' : `npm run bench -- --${extent}`;
  return [
    `Measured by \`${command}\` on ${date}: ${cores} cores, ${memoryGiB} GiB, ${platform}, Node ${node}.`,
  ];
}

function measuredLines(lines: readonly Line[]): readonly string[] {
  return lines.length === 0 ? [] : ['', ...tableLines(columns, lines)];
}

function lineOfRow(row: Row): Line {
  const { secrets, latencyMs, pageSize, scenario, calls, boundMs, ratio } = row;
  const pages = pageSize === 1000 ? '' : `, pages of ${pageSize}`;
  return {
    ...row,
    where: `${whole(secrets)}, ${latencyMs} ms${pages}`,
    scenario: scenarioTitles[scenario],
    calls: callsText(calls),
    bound: { boundMs, ratio },
  };
}

function lineOfSource(run: SourceRun): Line {
  const { source, scenario, sourceCalls, targetCalls } = run;
  return {
    ...run,
    where: `1,000 of ${source}`,
    scenario: scenarioTitles[scenario],
    calls: `${source}: ${callsText(sourceCalls)}; Voximplant: ${callsText(targetCalls)}`,
    valueReads: valueReadsIn(sourceCalls) + valueReadsIn(targetCalls),
    writes: writesIn(targetCalls),
  };
}

function lineOfScale(run: ScaleRun): Line {
  const { applications, scenario, calls } = run;
  return {
    ...run,
    where: `${whole(applications * secretsPerApplication)} over ${whole(applications)} applications`,
    scenario: scenarioTitles[scenario],
    contender: 'voxsync',
    calls: callsText(calls),
    valueReads: valueReadsIn(calls),
    writes: writesIn(calls),
  };
}

function notesOf(results: Results): readonly string[] {
  const { extent, scale, sources } = results;
  const leftOut = blocksIn(results).flatMap(({ secrets, pageSize, leftOut }) =>
    leftOut === undefined ? [] : [`${whole(secrets)} secrets, pages of ${whole(pageSize)}: ${leftOut}`],
  );
  const notes = [
    ...leftOut,
    ...(sources?.missing ?? []),
    ...(sources === undefined
      ? []
      : ['AWS, Vault and OpenBao: test servers behind a proxy, so the wall time says little.']),
    ...(scale === undefined || extent === 'full'
      ? []
      : ['voxsync alone: `--full` gives it 100,000 secrets over 1,000 applications.']),
  ];
  return notes.length === 0 ? [] : ['', ...notes.map((note) => `- ${note}`)];
}

function blocksIn({ extent, runs }: Results): readonly Block[] {
  return blocks[extent].filter(({ secrets, pageSize }) =>
    runs.some((run) => run.secrets === secrets && run.pageSize === pageSize),
  );
}

function verdictLines(results: Results): readonly string[] {
  const verdicts = judge(results);
  return verdicts.length === 0 ? [] : ['', ...tableLines(verdictColumns, verdicts)];
}
