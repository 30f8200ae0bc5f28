// From what was read to the value to write: fields picked, template rendered, limits checked.
import { asVoxsyncError, VoxsyncError } from '../errors.ts';
import type { SecretBox } from '../secret/box.ts';
import type { Desired } from '../secret/desired.ts';
import { valueProblem } from '../secret/limits.ts';
import type { ValueReference } from '../secret/reference.ts';
import { selectValue } from '../sources/content.ts';
import type { DesiredContext } from './desired.ts';
import { desiredOf } from './desired.ts';
import { held } from './held.ts';
import type { MappedSecret } from './mapping.ts';
import { singleInput } from './mapping.ts';
import type { Readings } from './readings.ts';
import type { Templates } from './template.ts';

/** A desired secret whose value was read, with that value where it is fit to be written. */
export interface Valued {
  /** `undefined` for a discovered secret that turned out to be gone. */
  readonly desired: Desired | undefined;
  readonly value?: SecretBox;
}

/** Composes the value of a mapped secret from this pass's readings. What is wrong with it becomes its `held`. */
export function valueOf(mapped: MappedSecret, context: DesiredContext, templates: Templates): Valued {
  // The reading may be newer than the listing, so the revision is made again from what was read.
  const desired = desiredOf(mapped, context);
  if (desired?.state !== 'wanted') return { desired };
  try {
    const value = compose(mapped, context.readings, templates);
    return { desired: { ...desired, fingerprint: context.keys.fingerprint(value) }, value };
  } catch (error) {
    const references = Object.values(mapped.inputs);
    return { desired: held({ ...mapped, references }, asVoxsyncError(error, 'unexpected', mapped.place)) };
  }
}

function compose(mapped: MappedSecret, readings: Readings, templates: Templates): SecretBox {
  const parts = Object.entries(mapped.inputs).map(
    ([variable, reference]) => [variable, partOf(reference, readings)] as const,
  );
  const boxes = Object.fromEntries(parts);
  const value =
    mapped.template === undefined
      ? boxes[singleInput]
      : templates.renderValue(mapped.template, boxes, `${mapped.place}.template`);
  if (value === undefined)
    throw new VoxsyncError('secret-invalid', `${mapped.place}: several references need a template`);
  const problem = valueProblem(value);
  if (problem !== undefined)
    throw new VoxsyncError('secret-invalid', `${mapped.place}: the value ${problem}`);
  return value;
}

function partOf(reference: ValueReference, readings: Readings): SecretBox {
  const reading = readings.readingOf(reference);
  if (reading.state === 'unresolved') throw reading.error;
  if (reading.state === 'present') return selectValue(reading.content, reference);
  throw new VoxsyncError(
    'secret-not-found',
    `${reference.source}: ${reference.secret} vanished while it was read`,
  );
}
