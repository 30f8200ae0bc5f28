// What must hold at every write to the target, whatever happened before: what does not is noted, and fails the history.
import { SecretBox } from '../../../src/secret/box.ts';
import { parseDescription } from '../../../src/secret/marker.ts';
import type { SecretContents, Target } from '../../../src/target/target.ts';
import type { Row, Scene } from './scene.ts';
import { claimsFor, isOurs, isProvenUnwanted, keyOf, rowsOf, successorsOf } from './scene.ts';

/** The target of the scene, each write of which is checked before it takes effect. `broken` is told what does not hold. */
export function checkedTarget(scene: Scene, broken: (what: string) => void): Target {
  const { target } = scene;
  const expectTrue = (isTrue: boolean, what: string) => void (isTrue || broken(what));
  const rowOf = async (application: number, id: number) =>
    (await rowsOf(scene, application)).find((row) => row.id === id);
  return {
    ...target,
    async create(application, name, contents, signal) {
      expectTrue(isWantedValue(scene, application, name, contents.value), `create ${name}: not its value`);
      expectTrue(ownerOf(contents) === scene.config.rules.owner, `create ${name}: not our marker`);
      scene.writes.push(`${application} create ${name}`);
      await target.create(application, name, contents, signal);
    },
    async update(application, seen, contents, signal) {
      const row = await rowOf(application, seen.id);
      if (row !== undefined) checkUpdate(scene, row, contents, expectTrue);
      if (row !== undefined) noteCovered(scene, row, contents);
      const part = contents.value === undefined ? 'description' : 'value';
      scene.writes.push(`${application} update ${part} ${row?.name}`);
      await target.update(application, seen, contents, signal);
    },
    async remove(application, ids, signal) {
      const rows = await rowsOf(scene, application);
      for (const row of rows.filter(({ id }) => ids.includes(id))) {
        checkRemoval(scene, row, rows, expectTrue);
        scene.writes.push(`${application} delete ${row.name}`);
      }
      await target.remove(application, ids, signal);
    },
  };
}

function noteCovered({ touched, covered }: Scene, row: Row, { value }: SecretContents): void {
  if (value !== undefined) covered.delete(keyOf(row));
  else if (touched.has(keyOf(row))) covered.add(keyOf(row));
}

type Expect = (isTrue: boolean, what: string) => void;

function checkUpdate(
  scene: Scene,
  row: Row,
  { value, description }: SecretContents,
  expectTrue: Expect,
): void {
  const { rules } = scene.config;
  const isTakeover = row.described.ownership === 'none' && rules.onConflict !== 'skip';
  expectTrue(isOurs(row, scene) || isTakeover, `update ${row.name}: not ours`);
  expectTrue(rules.policy !== 'create-only', `update ${row.name}: policy`);
  if (value !== undefined) {
    const isWanted = isWantedValue(scene, row.application, row.name, value);
    expectTrue(isWanted, `update ${row.name}: not its value`);
  }
  const next = parseDescription(description);
  expectTrue(
    next.ownership === 'marked' && next.marker.owner === rules.owner,
    `update ${row.name}: not our marker`,
  );
  if (value !== undefined || next.ownership !== 'marked') return;
  // A marker may be wrong about a value that somebody changed, but no write may make it so.
  const { keys } = scene.target;
  const isTrue = keys.fingerprint(new SecretBox(row.value)) === next.marker.fingerprint;
  const isKept =
    row.described.ownership === 'marked' && row.described.marker.fingerprint === next.marker.fingerprint;
  expectTrue(
    isTrue || isKept,
    `update ${row.name}: the marker says another value than the one that is there`,
  );
}

function checkRemoval(scene: Scene, row: Row, rows: readonly Row[], expectTrue: Expect): void {
  const { rules } = scene.config;
  expectTrue(rules.policy === 'sync', `delete ${row.name}: policy`);
  expectTrue(isOurs(row, scene), `delete ${row.name}: not ours`);
  const claims = claimsFor(scene, row.application, row.name).filter(({ isShown }) => isShown);
  expectTrue(
    claims.every(({ value }) => value === undefined),
    `delete ${row.name}: still wanted`,
  );
  expectTrue(isProvenUnwanted(scene, row), `delete ${row.name}: not proven`);
  const since = scene.provenSince.get(keyOf(row)) ?? Number.POSITIVE_INFINITY;
  expectTrue(scene.passStartedAt - since >= rules.graceSeconds, `delete ${row.name}: before its grace`);
  for (const name of successorsOf(scene, row)) {
    const successor = rows.find((other) => other.name === name);
    const isInPlace = successor !== undefined && isOurs(successor, scene);
    const isTakenAway = scene.touched.size > 0;
    expectTrue(isInPlace || isTakenAway, `delete ${row.name}: ${name}, which takes its place, is not there`);
  }
}

/** A listing may hide one of two places that want the name, so that the other one is served. */
function isWantedValue(scene: Scene, application: number, name: string, value: SecretBox): boolean {
  return claimsFor(scene, application, name).some((claim) => claim.value === value.reveal());
}

function ownerOf({ description }: SecretContents): string | undefined {
  const described = parseDescription(description);
  return described.ownership === 'marked' ? described.marker.owner : undefined;
}
