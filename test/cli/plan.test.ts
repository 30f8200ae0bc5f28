// `voxsync plan`: what its last lines say of what comes next.
import { expect, test } from 'vitest';
import { openStage } from './stage.ts';

const sources = { local: { kind: 'file', path: 'secrets.json' } };
const mapped = (...names: readonly string[]) => ({
  application: 'app',
  secrets: names.map((name) => ({ name, from: { source: 'local', secret: name } })),
});

test('says which part the guard refused, and which command applies what', async () => {
  const stage = await openStage();
  const guard = { maxDeletes: { count: 0 }, maxUpdates: {} };
  const configure = (...names: readonly string[]) =>
    stage.configure({ sources, guard, mappings: [mapped(...names)] });
  const lastLine = async (...args: readonly string[]) =>
    (await stage.voxsync(...args)).stdout.trim().split('\n').at(-1) ?? '';
  await stage.save('secrets.json', JSON.stringify({ A: '1', B: '2', C: '3' }));
  await configure('A', 'B');
  expect(await lastLine('plan')).toMatch(
    /^Plan id [\w-]{12}\. Nothing was written; `voxsync sync` applies it\.$/,
  );
  await stage.voxsync('sync');
  await configure('A', 'C');
  const said = await lastLine('plan');
  const id = said.split(' ')[2] ?? '';
  expect(said).toBe(
    `Plan id ${id} names the changes that the guard refused. Nothing was written; \`voxsync sync\` applies the rest and exits with 7, \`voxsync sync --acknowledge ${id}\` applies these too.`,
  );
  expect((await stage.voxsync('sync')).exitCode).toBe(7);
  expect(await lastLine('plan')).toBe(
    `Plan id ${id} names the changes that the guard refused. Nothing was written; \`voxsync sync --acknowledge ${id}\` applies them.`,
  );
  const acknowledged = await stage.voxsync('sync', '--acknowledge', id);
  expect([acknowledged.exitCode, await lastLine('plan')]).toEqual([0, 'Plan: nothing to do; 2 in sync.']);
});

test('says which command looks after orphans, where the policy leaves any', async () => {
  const stage = await openStage();
  const configure = (policy: string, ...names: readonly string[]) =>
    stage.configure({ sources, policy, prune: { grace: '1h' }, mappings: [mapped(...names)] });
  await stage.save('secrets.json', JSON.stringify({ A: '1', B: '2' }));
  await configure('sync', 'A', 'B');
  await stage.voxsync('sync');
  await configure('sync', 'A');
  await stage.voxsync('sync');
  const waiting = await stage.voxsync('plan');
  expect(waiting.stdout).toMatch(
    /\? B {2}hold {2}prune-grace [^]*\nPlan: nothing to do; 1 held; 1 in sync\.\n$/,
  );
  await configure('upsert-only', 'A');
  const { stdout } = await stage.voxsync('plan');
  expect(stdout).toMatch(
    /o B {2}orphan {2}no-longer-desired\n\nPlan: nothing to do; 1 orphan; 1 in sync\.\n`voxsync orphans` lists the orphans, and releases or deletes those that you name\.\n$/,
  );
  expect((await stage.voxsync('explain', 'B')).stdout).toMatch(/decision {4}orphan \(nothing is written\)\n/);
});
