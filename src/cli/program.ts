// The command line: commands, their options, and errors of usage. What a command does is loaded when it is called.
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { exitCodes } from '../errors.ts';
import type { Io } from './io.ts';

type Run = (run: () => Promise<number>) => Promise<void>;

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
  addEmulator(program, io, run);
  addDemo(program, io, run);
  addSchema(program, io, run);
  return program;
}

const acknowledge = '--acknowledge <plan id>';
const acknowledgeHelp = 'let exactly this plan pass the guard, once (VOXSYNC_ACKNOWLEDGE)';

function addPlan(program: Command, io: Io, run: Run): void {
  withSession(program.command('plan').description('show what `sync` would do; write nothing'))
    .addOption(
      new Option('--output <form>', 'form of the plan').choices(['text', 'json', 'markdown']).default('text'),
    )
    .option('--detailed-exitcode', 'exit with 10 when there are changes to apply')
    .option('--application <name...>', 'keep to these applications (name, id or glob)')
    .action((options) => run(async () => (await import('./plan.ts')).planCommand(options, io)));
}

function addSync(program: Command, io: Io, run: Run): void {
  withSession(program.command('sync').description('one pass: plan, apply, confirm'))
    .option('--dry-run', 'stop after the plan')
    .option('--application <name...>', 'keep to these applications (name, id or glob)')
    .option(acknowledge, acknowledgeHelp)
    .action((options) => run(async () => (await import('./sync.ts')).syncCommand(options, io)));
}

function addRun(program: Command, io: Io, run: Run): void {
  withSession(
    program
      .command('run')
      .description('passes on a schedule until stopped, with /livez, /readyz and /metrics'),
  )
    .option(acknowledge, acknowledgeHelp)
    .action((options) => run(async () => (await import('./run.ts')).runCommand(options, io)));
}

function addCheck(program: Command, io: Io, run: Run): void {
  withSession(program.command('check').description('validate the config, without any network'))
    .option('--online', 'prove every credential and permission too; write nothing, print no value')
    .addOption(new Option('--output <form>', 'form of the answer').choices(['text', 'json']).default('text'))
    .action((options) => run(async () => (await import('./check.ts')).checkCommand(options, io)));
}

function addExplain(program: Command, io: Io, run: Run): void {
  withSession(
    program
      .command('explain')
      .argument('<name>', 'name of a secret')
      .description('the chain from source to decision for one secret'),
  )
    .option('--application <name...>', 'keep to these applications (name, id or glob)')
    .action((name, options) =>
      run(async () => (await import('./explain.ts')).explainCommand(name, options, io)),
    );
}

function addPolicy(program: Command, io: Io, run: Run): void {
  withSession(
    program.command('policy').description('the least access that this config needs; asks nothing of anyone'),
  )
    .addOption(new Option('--output <form>', 'form of the answer').choices(['text', 'json']).default('text'))
    .option('--source <id>', 'keep to this source')
    .action((options) => run(async () => (await import('./policy.ts')).policyCommand(options, io)));
}

function addEmulator(program: Command, io: Io, run: Run): void {
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

function addDemo(program: Command, io: Io, run: Run): void {
  program
    .command('demo')
    .description('the whole story on embedded parts; leaves nothing behind')
    .action(() => run(async () => (await import('./demo.ts')).demoCommand(io)));
}

function addSchema(program: Command, io: Io, run: Run): void {
  program
    .command('schema')
    .description('the JSON schema of the config')
    .action(() => run(async () => (await import('./schema.ts')).schemaCommand(io)));
}

/** The options that every command on a config takes. */
function withSession(command: Command): Command {
  return command
    .option('--config <file>', 'the config (default: voxsync.yaml, then config/voxsync.yaml; VOXSYNC_CONFIG)')
    .addOption(
      new Option('--log-level <level>', 'least severity to log').choices([
        'trace',
        'debug',
        'info',
        'warn',
        'error',
      ]),
    )
    .addOption(new Option('--log-format <format>', 'form of the log lines').choices(['json', 'pretty']));
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}
