// What a secret may hold, as the API judges it.
import { ApiRefusal } from './codes.ts';
import type { EmulatorSwitches } from './switches.ts';

const longestValue = 8192;
const longestDescription = 200;

/** Throws `ApiRefusal` unless the name starts with a letter and has at most 64 letters, digits and underscores. */
export function checkName(name: string, field: string, switches: EmulatorSwitches): void {
  if (!/^[A-Za-z][A-Za-z0-9_]{0,63}$/.test(name)) throw new ApiRefusal(switches.invalidNameCode, field);
}

/** Throws `ApiRefusal` for a value that is empty or too long. */
export function checkValue(value: string, switches: EmulatorSwitches): void {
  if (value === '' && switches.emptyValue === 'refused') throw new ApiRefusal(101, 'secret_value');
  const length = switches.valueLengthUnit === 'utf16' ? value.length : Array.from(value).length;
  if (length > longestValue) throw new ApiRefusal(switches.tooLongCode, 'secret_value');
}

/** A description as it is kept: cut without a word. */
export function cutDescription(description: string, switches: EmulatorSwitches): string {
  if (switches.descriptionLengthUnit === 'utf16') return description.slice(0, longestDescription);
  return Array.from(description).slice(0, longestDescription).join('');
}
