// The Voximplant target keeps the contract over the emulator, under every setting of the switches that it can live with.
import type { EmulatorSwitches } from '../../src/emulator/emulator.ts';
import { targetContract } from './contract.ts';
import { applicationId, openBench } from './setup.ts';

const settings: Readonly<Record<string, Partial<EmulatorSwitches>>> = {
  'as best known': {},
  'results as lists': { addSecretResult: 'list', getSecretValueResult: 'list', successResult: 'string' },
  'flat results': { addSecretResult: 'flat', getSecretValueResult: 'flat', successResult: 'boolean' },
  'numbers as texts': { numbersAs: 'string', emptyDescription: 'null' },
  'pages of 7, newest first': { maxCount: 7, order: 'newest', emptyDescription: 'empty' },
  'pages of 20 and no larger count': { maxCount: 20, countOverMax: 'refused', order: 'name' },
  'pages of 1, shuffled': { maxCount: 1, order: 'shuffled' },
  'one page in another order every time': { order: 'unstable' },
  'no total_count': { totalCount: 'omitted' },
  'no total_count, pages of 9': { totalCount: 'omitted', maxCount: 9 },
  'total_count of the page, pages of 20': { totalCount: 'page', maxCount: 20 },
  'dates elsewhere, or none': { timezoneOffsetMinutes: 180, modifiedInListing: 'omitted' },
  'other codes': { duplicateCode: 101, unknownSecretCode: 101, unknownApplicationCode: 116 },
  'a code nobody knows': { duplicateCode: 9001, unknownSecretCode: 9002, unknownApplicationCode: 107 },
  'talkative errors': { errorExtras: 'both', deletePartialFailure: 'partial' },
  'forgiving deletion': { deletePartialFailure: 'ignored', nameCase: 'insensitive' },
  'utf16 lengths': { valueLengthUnit: 'utf16', descriptionLengthUnit: 'utf16', touchModifiedOnNoop: true },
};

for (const [name, switches] of Object.entries(settings)) {
  targetContract(`voximplant over the emulator, ${name}`, async () => {
    const bench = await openBench({ switches });
    return { target: bench.target, applicationId, close: () => bench.close() };
  });
}
