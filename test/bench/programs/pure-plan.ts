// Plans an unchanged pass in memory, and tells the CPU time of the plan alone: needs, decisions, policy, guard, plan id.
import { sourceValuesNeeded, targetValuesNeeded } from '../../../src/plan/needs.ts';
import { applyPolicy } from '../../../src/plan/policy.ts';
import { composePlan, planApplication, type Place } from '../../../src/plan/plan.ts';
import type { Rules } from '../../../src/plan/rules.ts';
import type { Actual } from '../../../src/secret/actual.ts';
import type { DesiredState, Wanted } from '../../../src/secret/desired.ts';
import { formatDescription, parseDescription } from '../../../src/secret/marker.ts';

const [applicationCount = 0, secretCount = 0] = process.argv.slice(2).map(Number);
const writtenAt = 1_800_000_000;

const rules: Rules = {
  owner: 'bench',
  keyTag: 'key',
  policy: 'sync',
  onConflict: 'skip',
  graceSeconds: 900,
  drift: 'modified',
  guard: { maxDeletes: { count: 10, percent: 30 }, maxUpdates: { count: 50, percent: 50 } },
  now: writtenAt + 300,
};

interface Input {
  readonly place: Place;
  readonly desired: DesiredState;
  readonly actual: readonly Actual[];
}

function inputOf(application: number): Input {
  const numbers = Array.from({ length: secretCount }, (_, index) => application * secretCount + index);
  const secrets = numbers.map((number): Wanted => ({
    state: 'wanted',
    name: `KEY_${number}`,
    revision: 'revision',
    origin: '----origin',
    text: '',
    from: { place: 'mappings[0].secrets[0]', references: [], versions: [] },
  }));
  return {
    place: { account: 'main', applicationId: application, application: `app-${application}` },
    desired: { secrets, scopes: [] },
    actual: numbers.map(actualOf),
  };
}

function actualOf(number: number): Actual {
  const marker = {
    owner: 'bench',
    revision: 'revision',
    fingerprint: 'fingerprint---',
    keyTag: 'key',
    origin: '----origin',
    writtenAt,
    absentSince: 0,
  };
  const description = formatDescription(marker, '');
  const described = parseDescription(description);
  return { id: number + 1, name: `KEY_${number}`, description, described, modifiedAt: writtenAt };
}

const inputs = Array.from({ length: applicationCount }, (_, application) => inputOf(application));

const before = process.cpuUsage();
const needed = inputs.flatMap(({ desired, actual }) => [
  ...targetValuesNeeded(desired, actual, rules),
  ...sourceValuesNeeded(desired, actual, rules),
]);
const plans = inputs.map(({ place, desired, actual }) =>
  applyPolicy(planApplication(place, desired, actual, rules), rules.policy),
);
const plan = composePlan(plans, rules);
const { user, system } = process.cpuUsage(before);

const standing = plan.applications.flatMap((application) => application.standing);
const isUnchanged = standing.every(({ reason }) => reason === 'in-sync');
if (needed.length > 0 || !isUnchanged || standing.length !== applicationCount * secretCount)
  throw new Error('this is not the plan of an unchanged pass');
process.stdout.write(JSON.stringify({ cpuMs: (user + system) / 1000 }));
