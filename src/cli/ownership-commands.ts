// The commands that change who owns a secret, with their options.
import type { Command } from 'commander';
import { Option } from 'commander';
import type { Io } from './io.ts';
import type { Run } from './registration.ts';
import { withApplications, withSession } from './registration.ts';

export function addAdopt(program: Command, io: Io, run: Run): void {
  withAgreement(
    program
      .command('adopt')
      .argument('<names...>', 'names of secrets')
      .description('take over secrets that a mapping wants and whose marker is damaged or missing'),
  ).action((names, options) =>
    run(async () => (await import('./adopt.ts')).adoptCommand(names, options, io)),
  );
}

export function addOrphans(program: Command, io: Io, run: Run): void {
  withAgreement(
    program.command('orphans').description('list what is ours and wanted by nothing; release or delete it'),
  )
    .addOption(new Option('--output <form>', 'form of the list').choices(['text', 'json']).default('text'))
    .addOption(
      new Option('--release <name...>', 'take our marker off these, and leave them there').conflicts(
        'delete',
      ),
    )
    .option('--delete <name...>', 'delete these')
    .action((options) => run(async () => (await import('./orphans.ts')).orphansCommand(options, io)));
}

export function addTransfer(program: Command, io: Io, run: Run): void {
  withAgreement(
    program
      .command('transfer')
      .argument('[names...]', 'keep to secrets of these names')
      .description('make the secrets of another owner ours; values are not touched'),
  )
    .requiredOption('--from <owner>', 'the owner that they have now')
    .action((names, options) =>
      run(async () => (await import('./transfer.ts')).transferCommand(names, options, io)),
    );
}

/** The options of commands that show what they would do, and ask. */
function withAgreement(command: Command): Command {
  return withApplications(withSession(command)).option('--yes', 'do it without asking');
}
