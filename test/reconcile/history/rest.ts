// Lets a history come to rest: sources tell everything, nothing stands in the way, and three passes with time between them are enough.
import type { Change } from '../../../src/plan/change.ts';
import type { Config } from './config.ts';
import { applicationIds, claimsOf, sourceIds } from './config.ts';
import type { Player } from './play.ts';
import type { Row, Scene } from './scene.ts';
import { allRows, claimsFor, isOurs, keyOf, originOf } from './scene.ts';

const { signal: never } = new AbortController();

/** What there is in the end. */
interface Ending {
  /** What another pass would do. */
  readonly changes: readonly Change[];
  /** Values of ours, by place. */
  readonly ours: ReadonlyMap<string, string | undefined>;
  /** Everything else. */
  readonly others: readonly Row[];
}

export interface Rest {
  readonly ended: Ending;
  readonly expected: Ending;
}

export async function comeToRest(player: Player): Promise<Rest> {
  const { scene, world } = player;
  player.endFaults();
  for (const id of sourceIds) scene.sources[id].mode = 'clear';
  scene.config = calmed(scene);
  for (const row of await allRows(scene)) {
    const isInTheWay = claimsFor(scene, row.application, row.name).length > 0 && !isOurs(row, scene);
    if (isInTheWay) await scene.target.remove(row.application, [row.id], never);
  }
  const others = (await allRows(scene)).filter((row) => !isOurs(row, scene));
  for (let count = 0; count < 3; count += 1) {
    world.now += scene.config.rules.graceSeconds + 60;
    await player.pass(true);
  }
  world.now += 60;
  const { plan } = await player.dryRun();
  const changes = plan.applications.flatMap((application) => application.changes);
  return compare(scene, changes, others, await allRows(scene));
}

/** Two places that want one name stop each other, so nothing comes to rest with them. */
function calmed({ config, sources }: Scene): Config {
  const claims = applicationIds.flatMap((id) => [...claimsOf(config, sources, id).values()]);
  const isClear = claims.every((ones) => ones.length === 1);
  const rules = { ...config.rules, policy: 'sync' } as const;
  return { ...config, rules, found: isClear ? config.found : [undefined, undefined] };
}

function compare(
  scene: Scene,
  changes: readonly Change[],
  others: readonly Row[],
  rows: readonly Row[],
): Rest {
  const ours = rows.filter((row) => isOurs(row, scene));
  const expected = new Map([
    ...wantedValues(scene),
    ...ours.filter((row) => isStray(scene, row)).map(valueAt),
  ]);
  const values = ours.map((row): [string, string | undefined] =>
    scene.covered.has(keyOf(row)) ? [placeOf(row), expected.get(placeOf(row))] : valueAt(row),
  );
  return {
    ended: { changes, ours: new Map(values), others: rows.filter((row) => !ours.includes(row)) },
    expected: { changes: [], ours: expected, others },
  };
}

function wantedValues({ config, sources }: Scene): readonly [string, string][] {
  return applicationIds.flatMap((application) =>
    [...claimsOf(config, sources, application)].flatMap(([name, [claim]]): [string, string][] =>
      claim?.value === undefined ? [] : [[placeOf({ application, name }), claim.value]],
    ),
  );
}

/** A mapping names it, and its reference was turned to a source secret that is not there: it stays until a person decides. */
function isStray(scene: Scene, row: Row): boolean {
  const [claim] = claimsFor(scene, row.application, row.name);
  const origin = originOf(row);
  const isSame = claim?.source === origin?.source && claim?.secret === origin?.secret;
  return claim !== undefined && claim.value === undefined && !isSame;
}

function valueAt(row: Row): [string, string] {
  return [placeOf(row), row.value];
}

function placeOf({ application, name }: { readonly application: number; readonly name: string }): string {
  return `${application} ${name}`;
}
