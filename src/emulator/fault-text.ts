// Faults as text: `kind=error,method=AddSecret,nth=2,code=314`.
import { emulatorFaultSchema, readFault, type EmulatorFault } from './faults.ts';
import { EmulatorSettingError, nearestWord } from './settings.ts';

const keys = Object.keys(emulatorFaultSchema.shape);

/** Reads one fault. Throws `EmulatorSettingError` with one line for everything that cannot be read. */
export function parseFault(text: string): EmulatorFault {
  const pairs = text.split(',').map((entry) => readPair(entry.trim()));
  return readFault(Object.fromEntries(pairs));
}

function readPair(entry: string): [key: string, value: unknown] {
  const [, key, value] = /^([^=]*)=(.*)$/s.exec(entry) ?? [];
  if (key === undefined || value === undefined) {
    throw new EmulatorSettingError(`fault ${entry}: write it as key=value,key=value`);
  }
  if (!keys.includes(key)) throw new EmulatorSettingError(unknownKey(key));
  if (/^\d+$/.test(value)) return [key, Number(value)];
  return [key, value === 'true' || value === 'false' ? value === 'true' : value];
}

function unknownKey(key: string): string {
  const nearest = nearestWord(key, keys);
  const hint = nearest === undefined ? `known are ${keys.join(', ')}` : `did you mean ${nearest}?`;
  return `unknown part of a fault ${key}: ${hint}`;
}
