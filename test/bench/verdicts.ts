// What must hold, held against what was measured, with the alternatives beside it.
import { contenderIds } from './contenders/contender.ts';
import { rowOf, writesIn, type Results, type Row } from './results.ts';
import { secretsPerApplication } from './scale.ts';
import { valueReadsIn } from './source-calls.ts';
import type { ScenarioId } from './scenarios.ts';
import { folderCount, type SourceKind } from './source-world.ts';
import type { SourceRun } from './sources.ts';
import { callsText, duration, whole } from './table.ts';

export interface Verdict {
  readonly what: string;
  readonly measured: string;
  readonly bound: string;
  readonly holds: boolean;
  /** The same of those that do it another way. */
  readonly others: string;
}

/** Every bound for which something was measured. */
export function judge(results: Results): readonly Verdict[] {
  return [
    ...judgeSources(results),
    ...judgeTimes(results),
    ...judgeScale(results),
    ...judgeMemory(results),
    ...judgeStarts(results),
  ];
}

/** A number that must not be above its bound. */
function atMost(
  what: string,
  measured: number,
  bound: number,
  { others = '', show = whole }: { others?: string; show?: (value: number) => string } = {},
): Verdict {
  return { what, measured: show(measured), bound: `≤ ${show(bound)}`, holds: measured <= bound, others };
}

function judgeSources({ sources }: Results): readonly Verdict[] {
  const find = (source: SourceKind, scenario: SourceRun['scenario'], contender: SourceRun['contender']) =>
    sources?.runs.find(
      (run) => run.source === source && run.scenario === scenario && run.contender === contender,
    );
  const verdictsOf = (
    source: SourceKind,
    scenario: SourceRun['scenario'],
    judgeRun: (run: SourceRun, others: string) => readonly Verdict[],
  ): readonly Verdict[] => {
    const [ours, other] = [find(source, scenario, 'voxsync'), find(source, scenario, 'eight')];
    if (ours === undefined) return [];
    return judgeRun(ours, other === undefined ? '' : `script: ${callsText(other.sourceCalls)}`);
  };
  return [
    ...verdictsOf('AWS', 'unchanged', judgeUnchangedAws),
    ...verdictsOf('AWS', 'rotated', judgeRotatedAws),
    ...verdictsOf('Vault', 'unchanged', judgeUnchangedVault),
    ...verdictsOf('OpenBao', 'unchanged', judgeUnchangedOpenBao),
  ];
}

function bothSides({ sourceCalls, targetCalls }: SourceRun): number {
  return valueReadsIn(sourceCalls) + valueReadsIn(targetCalls);
}

function judgeUnchangedAws(run: SourceRun, others: string): readonly Verdict[] {
  const what = '1,000 AWS secrets unchanged, new process';
  return [
    atMost(`${what}: values read on both sides`, bothSides(run), 0, { others }),
    atMost(`${what}: ListSecrets`, run.sourceCalls['ListSecrets'] ?? 0, 10),
    atMost(`${what}: GetSecrets`, run.targetCalls['GetSecrets'] ?? 0, 1),
    atMost(`${what}: GetApplications`, run.targetCalls['GetApplications'] ?? 0, 1),
  ];
}

function judgeRotatedAws(run: SourceRun, others: string): readonly Verdict[] {
  return [
    atMost('10 of 1,000 AWS secrets rotated: calls that read values', valueReadsIn(run.sourceCalls), 1, {
      others,
    }),
    atMost('10 of 1,000 AWS secrets rotated: writes', writesIn(run.targetCalls), 10),
  ];
}

function judgeUnchangedVault(run: SourceRun, others: string): readonly Verdict[] {
  const what = '1,000 Vault secrets unchanged, new process';
  const { atOnce } = run;
  const [measured, holds] = [whole(atOnce), atOnce > 1];
  return [
    atMost(`${what}: values read on both sides`, bothSides(run), 0, { others }),
    atMost(`${what}: metadata reads`, run.sourceCalls['metadata read'] ?? 0, 1000),
    { what: `${what}: calls under way at once`, measured, bound: '> 1', holds, others: '' },
  ];
}

function judgeUnchangedOpenBao(run: SourceRun, others: string): readonly Verdict[] {
  const what = '1,000 OpenBao secrets unchanged, new process';
  const { 'detailed list': lists = 0, list = 0, 'metadata read': reads = 0 } = run.sourceCalls;
  const folders = folderCount + 1;
  return [
    atMost(`${what}: values read on both sides`, bothSides(run), 0, { others }),
    atMost(`${what}: calls for ${folders} folders`, lists + list + reads, folders),
  ];
}

const times = (ratio: number): string => `${ratio.toFixed(2)} ×`;

/** At 50 ms, for a thousand secrets: the latency that the bounds are made for. */
function judgeTimes({ runs }: Results): readonly Verdict[] {
  const find = (scenario: Row['scenario'], pageSize: number, contender: Row['contender']) => {
    const row = rowOf(runs, { secrets: 1000, pageSize, scenario, contender });
    return row?.latencyMs === 50 ? row : undefined;
  };
  const others = (scenario: Row['scenario'], pageSize: number): string =>
    contenderIds
      .flatMap((contender) => find(scenario, pageSize, contender) ?? [])
      .map(({ contender, wallMs }) => `${contender} ${duration(wallMs)}`)
      .join(', ');
  const first = find('first', 1000, 'voxsync');
  const passes = [1000, 100].flatMap((pageSize) => {
    const beside = others('unchanged', pageSize);
    const later = judgeLater(find('later', pageSize, 'voxsync'), beside);
    const started = (['unchanged', 'by-id'] as const).flatMap((scenario) =>
      judgePass(find(scenario, pageSize, 'voxsync'), beside),
    );
    return started.concat(later);
  });
  if (first === undefined) return passes;
  const what = `first sync of 1,000 secrets at 50 ms: wall time to latency bound (${duration(first.boundMs)})`;
  return [atMost(what, first.ratio, 1.1, { show: times, others: others('first', 1000) }), ...passes];
}

/** Who makes the pass, where it is not a new process with an application's name in its config. */
const passOf: Readonly<Partial<Record<ScenarioId, string>>> = {
  'by-id': 'an application named by its id, ',
  later: 'a later pass of `voxsync run`, ',
};

/** What a pass takes that finds nothing to do, without the process around it. */
function judgePass(row: Row | undefined, others: string): readonly Verdict[] {
  if (row?.passMs === undefined) return [];
  const { passMs, boundMs, pageSize } = row;
  const who = passOf[row.scenario] ?? '';
  // The bound counts a round for the applications, which one that knows the id asks for while it lists.
  const bound = who === '' ? 'bound' : 'bound of one that asks first';
  const what = `${who}1,000 secrets unchanged at 50 ms, pages of ${whole(pageSize)}: time of the pass (${duration(passMs)}) to latency ${bound} (${duration(boundMs)})`;
  return [atMost(what, passMs / boundMs, 1.25, { show: times, others })];
}

function judgeLater(row: Row | undefined, others: string): readonly Verdict[] {
  if (row === undefined) return [];
  const what = `${passOf.later}1,000 secrets unchanged, pages of ${whole(row.pageSize)}: values read`;
  return judgePass(row, others).concat(atMost(what, row.valueReads, 0));
}

function judgeScale({ plan, scale }: Results): readonly Verdict[] {
  const planned = plan === undefined ? [] : [judgePlan(plan.applications, plan.cpuMs)];
  const unchanged = scale?.find(({ scenario }) => scenario === 'unchanged');
  if (unchanged === undefined) return planned;
  const secrets = whole(unchanged.applications * secretsPerApplication);
  const what = `${secrets} secrets over ${whole(unchanged.applications)} applications unchanged: peak of the process`;
  return [...planned, atMost(what, unchanged.peakMiB * 1.048_576, 400, { show: (mb) => `${whole(mb)} MB` })];
}

function judgePlan(applications: number, cpuMs: number): Verdict {
  const what = `pure plan of ${whole(applications * secretsPerApplication)} unchanged secrets: CPU time`;
  return atMost(what, cpuMs, 1000, { show: duration });
}

function judgeMemory({ peaks }: Results): readonly Verdict[] {
  if (peaks === undefined) return [];
  const show = (mib: number): string => `${mib.toFixed(1)} MiB`;
  const { discovered, named, script } = peaks;
  const unchanged = `script ${show(script.unchanged)}`;
  const first = `script ${show(script.first)}`;
  return [
    atMost('peak for 1,000 discovered secrets, unchanged', discovered.unchanged, 80, {
      show,
      others: unchanged,
    }),
    atMost('peak for 1,000 named secrets, unchanged', named.unchanged, 80, { show, others: unchanged }),
    atMost('peak for 1,000 discovered secrets, first sync', discovered.first, 80, { show, others: first }),
    atMost('peak for 1,000 named secrets, first sync', named.first, 80, { show, others: first }),
  ];
}

function judgeStarts({ starts }: Results): readonly Verdict[] {
  if (starts === undefined) return [];
  const { empty, version, syncOfTen, firstCall, scriptOfTen, scriptFirstCall } = starts;
  const options = (other?: number) => ({
    show: times,
    others: other === undefined ? '' : `script ${times(other / empty)}`,
  });
  const ratioOf = (what: string, milliseconds: number) =>
    `${what} to an empty Node start (${duration(milliseconds)} to ${duration(empty)})`;
  return [
    atMost(ratioOf('first API call', firstCall), firstCall / empty, 6, options(scriptFirstCall)),
    atMost(ratioOf('`voxsync --version`', version), version / empty, 2, options()),
    atMost(ratioOf('sync of ten, nothing to do', syncOfTen), syncOfTen / empty, 5, options(scriptOfTen)),
  ];
}
