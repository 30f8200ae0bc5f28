// The command line: its commands, and errors of usage.
import { Command, CommanderError } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { exitCodes } from '../errors.ts';
import { addCheck, addExplain, addPlan, addPolicy, addRun, addSync } from './commands.ts';
import type { Io } from './io.ts';
import { addDemo, addEmulator, addSchema } from './local-commands.ts';
import { addAdopt, addOrphans, addTransfer } from './ownership-commands.ts';
import type { Run } from './registration.ts';

/** Parses the arguments, runs the command and tells its exit code. Usage errors are shown and become 2. */
export async function runProgram(argv: readonly string[], io: Io): Promise<number> {
  let exitCode: number = exitCodes.converged;
  const run: Run = async (command) => {
    exitCode = await command();
  };
  const program = buildProgram(io, run);
  try {
    await program.parseAsync([...argv]);
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exitCodes.converged : exitCodes.usage;
  }
}

function buildProgram(io: Io, run: Run): Command {
  const program = new Command('voxsync')
    .description(
      'Keeps the secrets of Voximplant applications equal to AWS Secrets Manager, Vault and files.',
    )
    .version(packageJson.version)
    .exitOverride()
    .configureOutput({
      writeOut: io.out,
      writeErr: io.err,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .showSuggestionAfterError()
    .showHelpAfterError('(`voxsync --help` shows the commands and options)');
  addPlan(program, io, run);
  addSync(program, io, run);
  addRun(program, io, run);
  addCheck(program, io, run);
  addExplain(program, io, run);
  addPolicy(program, io, run);
  addAdopt(program, io, run);
  addOrphans(program, io, run);
  addTransfer(program, io, run);
  addEmulator(program, io, run);
  addDemo(program, io, run);
  addSchema(program, io, run);
  return program;
}
