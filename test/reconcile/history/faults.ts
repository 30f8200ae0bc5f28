// A target on which one call of a pass goes wrong, or after which the process is dead.
import { VoxsyncError } from '../../../src/errors.ts';
import type { Target } from '../../../src/target/target.ts';

export const faultKinds = [
  'lost-before',
  'lost-after',
  'refused',
  'defect',
  'no-effect',
  'crash-before',
  'crash-after',
  'somebody',
] as const;

export interface Fault {
  readonly kind: (typeof faultKinds)[number];
  /** Which of the reads or writes of the pass, counted from 0. */
  readonly on: 'read' | 'write';
  readonly at: number;
}

/** The faults of a pass, and how far it came. */
export interface FaultPlan {
  fault: Fault | undefined;
  /** What somebody else does in the middle of it. */
  somebody: () => Promise<void>;
  counts: { read: number; write: number };
  isDead: boolean;
}

const lost = () => new VoxsyncError('target-unreachable', 'no answer', { isOutcomeUnknown: true });

/** Cheap listings of it admit that they may be missing something, and hide a row of every three. */
export function faultyTarget(target: Target, plan: FaultPlan, isForgetful: () => boolean): Target {
  async function call<T>(on: Fault['on'], work: () => Promise<T>): Promise<T> {
    const { fault } = plan;
    const isHit = fault?.on === on && fault.at === plan.counts[on];
    plan.counts[on] += 1;
    if (plan.isDead) throw new Error('the process is dead');
    return isHit ? faulty(fault.kind, work) : work();
  }

  async function faulty<T>(kind: Fault['kind'], work: () => Promise<T>): Promise<T> {
    if (kind === 'somebody') await plan.somebody();
    if (kind === 'lost-before') throw lost();
    if (kind === 'refused') throw new VoxsyncError('secret-refused', 'no');
    if (kind === 'defect') throw new TypeError('undefined is not a function');
    plan.isDead = kind === 'crash-before' || kind === 'crash-after';
    if (kind === 'crash-before') throw new Error('the process is dead');
    const result = await work();
    if (kind === 'lost-after') throw lost();
    if (kind === 'crash-after') throw new Error('the process is dead');
    return result;
  }

  const write = async (work: () => Promise<void>) => {
    const isEffective = plan.fault?.kind !== 'no-effect' || plan.fault.on !== 'write';
    const isHit = plan.fault?.at === plan.counts.write;
    await call('write', isEffective || !isHit ? work : async () => {});
  };

  return {
    ...target,
    applications: (care, signal) => call('read', () => target.applications(care, signal)),
    list: (application, care, signal) =>
      call('read', async () => {
        const listed = await target.list(application, care, signal);
        if (care === 'whole' || !isForgetful()) return listed;
        return { rows: listed.rows.filter((_, index) => index % 3 !== 1), isWhole: false };
      }),
    readValue: (application, id, signal) => call('read', () => target.readValue(application, id, signal)),
    create: (application, name, contents, signal) =>
      write(() => target.create(application, name, contents, signal)),
    update: (application, seen, contents, signal) =>
      write(() => target.update(application, seen, contents, signal)),
    remove: (application, ids, signal) => write(() => target.remove(application, ids, signal)),
  };
}
