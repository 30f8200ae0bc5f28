// Whether applications still are what they were when a pass began: looked up once more before anything is written there.
import { asVoxsyncError, VoxsyncError } from '../errors.ts';
import type { Application } from '../target/target.ts';
import { listApplications } from './applications.ts';
import { groupBy } from './group.ts';
import type { Site } from './sites.ts';

/**
 * The sites that nothing may be written to, with the reason. An application is known by its id, and its id by one
 * answer; so that no single answer can lead secrets into another application, a second one must agree. Never throws.
 */
export async function misplacedSites(
  sites: readonly Site[],
  signal: AbortSignal,
): Promise<ReadonlyMap<Site, VoxsyncError>> {
  const accounts = groupBy(sites, ({ target }) => target).values();
  const misplaced = await Promise.all([...accounts].map((group) => misplacedOf(group, signal)));
  return new Map(misplaced.flat());
}

async function misplacedOf(
  sites: readonly Site[],
  signal: AbortSignal,
): Promise<readonly (readonly [Site, VoxsyncError])[]> {
  const [first] = sites;
  if (first === undefined) return [];
  try {
    const asked = sites.map(({ application: { id } }) => ({ id }));
    const byName = groupBy(await listApplications(first.target, asked, signal), ({ name }) => name);
    return sites
      .filter(({ application }) => !isOnly(application, byName.get(application.name)))
      .map((site) => [site, otherApplication(site)] as const);
  } catch (error) {
    const failure = asVoxsyncError(error, 'unexpected', `account ${first.place.account}`);
    return sites.map((site) => [site, failure] as const);
  }
}

/** Whether it, and nothing else, has its name. */
function isOnly({ id }: Application, named: readonly Application[] = []): boolean {
  return named.length === 1 && named[0]?.id === id;
}

function otherApplication({ application: { id, name } }: Site): VoxsyncError {
  const message = `application ${id} was ${name} when the pass began, and now it is not; nothing was written there`;
  return new VoxsyncError('target-inconsistent', message);
}
