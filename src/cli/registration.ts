// What the registrations of commands share: how a command is run, and the options of every command on a config.
import type { Command } from 'commander';
import { Option } from 'commander';
import type { ApplicationPattern } from '../reconcile/applications.ts';

/** Runs a command and keeps its exit code. */
export type Run = (command: () => Promise<number>) => Promise<void>;

/** Adds them to a command. */
export function withSession(command: Command): Command {
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

/** One application an option: a list would swallow the names behind it. */
export function withApplications(command: Command): Command {
  return command.option(
    '--application <name>',
    'keep to this application (name, id or glob); may be repeated',
    appendApplication,
  );
}

/** Reads one more application that an option names: digits are an id. */
export function appendApplication(
  text: string,
  before: readonly ApplicationPattern[] = [],
): readonly ApplicationPattern[] {
  return [...before, /^\d+$/.test(text) ? { id: Number(text) } : text];
}
