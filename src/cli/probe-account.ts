// Proves one account for `voxsync check --online`: the token, the applications of the mappings, and the role by one listing.
import type { Config } from '../config/config.ts';
import { asVoxsyncError, isAbort, VoxsyncError } from '../errors.ts';
import { listApplications, matchApplications } from '../reconcile/applications.ts';
import type { Application, Target } from '../target/target.ts';
import { expectedRoles } from '../target/voximplant/role.ts';
import type { Finding, Subject } from './findings.ts';
import { proven, unresolved } from './findings.ts';

/** Findings of an open account, its own first. Throws only when the signal is aborted. */
export async function probeAccount(
  id: string,
  target: Target,
  { mappings }: Pick<Config, 'mappings'>,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const subject: Subject = { of: 'account', id, name: '', places: [`accounts.${id}`] };
  try {
    const identity = (await target.identify?.(signal)) ?? 'answers';
    const own = mappings.filter(({ account }) => account === id);
    const patterns = own.flatMap((mapping) => mapping.applications);
    const known = await listApplications(target, patterns, signal);
    const found = own.flatMap((mapping) => {
      const { applications, failures } = matchApplications(
        mapping.applications,
        known,
        'there is no application',
      );
      return { place: mapping.place, applications, failures };
    });
    const role = await probeRole(id, target, found.flatMap(({ applications }) => applications)[0], signal);
    const applications = found.flatMap((one) => applicationFindings(id, one));
    const account =
      role instanceof VoxsyncError
        ? unresolved(subject, role)
        : proven(
            subject,
            [
              identity,
              `${known.length} ${known.length === 1 ? 'application' : 'applications'}`,
              ...role,
            ].join('; '),
          );
    return [account, ...applications];
  } catch (error) {
    if (isAbort(error, signal)) throw error;
    return [unresolved(subject, asVoxsyncError(error, 'unexpected', `account ${id}`))];
  }
}

/** Lists the secrets of one application. The token has been accepted by then, so a refusal means the role. */
async function probeRole(
  id: string,
  target: Target,
  application: Application | undefined,
  signal: AbortSignal,
): Promise<readonly string[] | VoxsyncError> {
  if (application === undefined) return ['the role was not tried, since no application was found'];
  try {
    await target.list(application.id, 'cheap', signal);
    return [`may list the secrets of ${application.shortName}`];
  } catch (error) {
    if (!(error instanceof VoxsyncError) || error.code !== 'target-refused') throw error;
    const message = `account ${id}: GetSecrets of ${application.shortName} was refused, though the key is accepted`;
    return new VoxsyncError('target-refused', message, {
      hint: `Give the service account a role that may work with secrets: ${expectedRoles} are expected to do.`,
      remoteCode: error.remoteCode,
    });
  }
}

interface Matched {
  readonly place: string;
  readonly applications: readonly Application[];
  readonly failures: readonly VoxsyncError[];
}

function applicationFindings(id: string, { place, applications, failures }: Matched): readonly Finding[] {
  const subject = (name: string): Subject => ({ of: 'application', id, name, places: [place] });
  return [
    ...applications.map((one) => proven(subject(one.shortName), `application ${one.id}`)),
    ...failures.map((error) => unresolved(subject(place), error)),
  ];
}
