import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/plan/plan.ts';
import { composePlan, planApplication } from '../../src/plan/plan.ts';
import { planJson } from '../../src/plan/render/json.ts';
import { planMarkdown } from '../../src/plan/render/markdown.ts';
import type { Paint } from '../../src/plan/render/text.ts';
import { planLines } from '../../src/plan/render/text.ts';
import { absent, damaged, held, now, ours, place, rules, stranger, wanted } from './builders.ts';

const plain = (text: string) => text;
const noPaint: Paint = { good: plain, change: plain, bad: plain, faint: plain, strong: plain };

function samplePlan(): Plan {
  const desired = [
    wanted('NEW', { fingerprint: 'fingerprint-02' }),
    wanted('ROTATED', { revision: 'newer', fingerprint: 'fingerprint-02' }),
    wanted('SAME'),
    wanted('TAKEN'),
    wanted('FOREIGN'),
    wanted('BROKEN'),
    held('UNKNOWN'),
    absent('GONE'),
  ];
  const actual = [
    ours('ROTATED'),
    ours('SAME'),
    stranger('TAKEN'),
    ours('FOREIGN', { owner: 'them' }),
    damaged('BROKEN'),
    ours('GONE', { absentSince: now - 5000 }),
    stranger('ELSE'),
  ];
  const plan = planApplication(place, { secrets: desired, scopes: [] }, actual, rules());
  return composePlan([plan], { guard: { maxDeletes: { count: 0 }, maxUpdates: {} } });
}

describe('a plan', () => {
  it('reads like this for people', () => {
    const plan = samplePlan();
    expect([...planLines(plan, noPaint)].join('\n').replaceAll(plan.id, 'PLAN-ID')).toMatchInlineSnapshot(`
      "app (account main, application 1)
        ! BROKEN   conflict      marker-damaged                             local: broken @ v1
            hint:  The description holds a broken marker, so nobody can tell whose it is. \`voxsync adopt NAME\` takes over one that a mapping wants; \`voxsync orphans\` shows the others.
        ! FOREIGN  conflict      foreign-owner (owner them)                 local: foreign @ v1
            hint:  Another installation of voxsync owns this secret, so it is never touched. Give one of the two another name, or move it here: \`voxsync transfer --from OWNER NAME\`.
        ? GONE     hold          guard-refused (delete: no-longer-desired)  local: gone @ v1
            error: local: gone: not there
            hint:  Check the reference, or remove the mapping.
        + NEW      create        missing                                    local: new @ v1
        ~ ROTATED  update value  source-changed                             local: rotated @ v1
        ! TAKEN    conflict      unowned (onConflict: skip)                 local: taken @ v1
            hint:  A secret of this name exists without a marker of voxsync. \`onConflict\` decides: skip, adopt-if-equal or overwrite; \`voxsync adopt NAME\` takes over this one.
        ? UNKNOWN  hold          source-unavailable                         local: unknown @ v1
            error: no answer
            hint:  try again
        refused: 1 delete of 3 secrets that are ours (guard.maxDeletes.count 0).
        hint:    if that is what you want, with the same config and options: voxsync sync --acknowledge PLAN-ID (once; a CronJob or container takes VOXSYNC_ACKNOWLEDGE=PLAN-ID from its environment)

      Plan: 1 to create, 1 to update; 3 conflicts, 2 held; 1 in sync."
    `);
  });

  it('reads like this in a pull request', () => {
    const plan = samplePlan();
    expect([...planMarkdown(plan)].join('\n').replaceAll(plan.id, 'PLAN-ID')).toMatchInlineSnapshot(`
      "**Plan** \`PLAN-ID\`: 1 to create, 1 to update; 3 conflicts, 2 held; 1 in sync.

      ### app (account main, application 1)

      | | secret | action | reason | from |
      |---|---|---|---|---|
      | \`!\` | \`BROKEN\` | conflict | marker-damaged | local: broken @ v1 |
      | \`!\` | \`FOREIGN\` | conflict | foreign-owner (owner them) | local: foreign @ v1 |
      | \`?\` | \`GONE\` | hold | guard-refused (delete: no-longer-desired): local: gone: not there | local: gone @ v1 |
      | \`+\` | \`NEW\` | create | missing | local: new @ v1 |
      | \`~\` | \`ROTATED\` | update value | source-changed | local: rotated @ v1 |
      | \`!\` | \`TAKEN\` | conflict | unowned (onConflict: skip) | local: taken @ v1 |
      | \`?\` | \`UNKNOWN\` | hold | source-unavailable: no answer | local: unknown @ v1 |

      **Refused**: 1 deletes of 3 (guard.maxDeletes.count 0). To go ahead: \`voxsync sync --acknowledge PLAN-ID\`"
    `);
  });

  it('is versioned data for machines, without what is in sync', () => {
    const plan = samplePlan();
    const failures = [{ account: 'other', problem: { code: 'c', message: 'm', hint: 'h' } }];
    const document: {
      readonly applications: readonly { readonly decisions: readonly { readonly name: string }[] }[];
    } = JSON.parse([...planJson(plan, failures)].join('\n'));
    expect(document).toMatchObject({
      failures,
      version: 1,
      id: plan.id,
      summary: { create: 1, update: 1, hold: 2, conflict: 3, inSync: 1 },
    });
    const [application] = document.applications;
    expect(application).toMatchObject({
      account: 'main',
      application: 'app',
      applicationId: 1,
      refusals: [{ kind: 'deletes', count: 1 }],
    });
    expect(application?.decisions.map(({ name }) => name)).toEqual([
      'BROKEN',
      'FOREIGN',
      'GONE',
      'NEW',
      'ROTATED',
      'TAKEN',
      'UNKNOWN',
    ]);
  });

  it('is JSON for any number of applications, a line each', () => {
    const plan = samplePlan();
    for (const count of [0, 1, 3]) {
      const applications = plan.applications.flatMap((one) => Array.from({ length: count }, () => one));
      const lines = [...planJson({ ...plan, applications }, [])];
      expect(lines).toHaveLength(count + 2);
      expect(JSON.parse(lines.join(''))).toHaveProperty('applications.length', count);
    }
  });

  it('with nothing to do is one line', () => {
    const quiet = composePlan(
      [planApplication(place, { secrets: [wanted('A')], scopes: [] }, [ours('A')], rules())],
      rules(),
    );
    expect([...planLines(quiet, noPaint)]).toEqual(['Plan: nothing to do; 1 in sync.']);
  });
});
