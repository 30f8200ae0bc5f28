// The commands that need no config and no account, with their options.
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { Io } from './io.ts';
import type { Run } from './registration.ts';

export function addEmulator(program: Command, io: Io, run: Run): void {
  program
    .command('emulator')
    .description('the Voximplant Management API on a local port, in memory')
    .option('--port <number>', 'port on 127.0.0.1; 0 takes a free one', wholeNumber, 0)
    .option(
      '--credentials <file>',
      'where to write its credentials.json (mode 0600)',
      'emulator-credentials.json',
    )
    .option('--application <name...>', 'applications to begin with', ['call-center'])
    .option('--option <key=value...>', 'how it behaves where the real API is not known', [])
    .option('--options <file>', 'the same as a JSON file')
    .option(
      '--fault <key=value,key=value...>',
      'faults to inject: method=AddSecret,kind=error,code=314,count=2',
      [],
    )
    .option('--latency <ms>', 'how long every call takes', wholeNumber, 0)
    .option('--list-options', 'show every option and end')
    .action((options) => run(async () => (await import('./emulator.ts')).emulatorCommand(options, io)));
}

export function addDemo(program: Command, io: Io, run: Run): void {
  program
    .command('demo')
    .description('the whole story on embedded parts; leaves nothing behind')
    .action(() => run(async () => (await import('./demo.ts')).demoCommand(io)));
}

export function addSchema(program: Command, io: Io, run: Run): void {
  program
    .command('schema')
    .description('the JSON schema of the config')
    .action(() => run(async () => (await import('./schema.ts')).schemaCommand(io)));
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}
