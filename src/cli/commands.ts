// The commands that watch and apply a config, with their options. What a command does is loaded when it is called.
import type { Command } from 'commander';
import { Option } from 'commander';
import type { Io } from './io.ts';
import type { Run } from './registration.ts';
import { appendApplication, withApplications, withSession } from './registration.ts';

const applications = '--application <name...>';
const applicationsHelp = 'keep to these applications (name, id or glob)';
const shard = '--shard <i/n>';
const shardHelp = 'work on one share of the applications: 0/4, or 4 with JOB_COMPLETION_INDEX';
const verify = '--verify-values';
const verifyHelp = 'read and compare every value, as `drift.detect: values` does';
const acknowledge = '--acknowledge <plan id>';
const acknowledgeHelp = 'let exactly this plan pass the guard, once (VOXSYNC_ACKNOWLEDGE)';

export function addPlan(program: Command, io: Io, run: Run): void {
  withSession(program.command('plan').description('show what `sync` would do; write nothing'))
    .addOption(
      new Option('--output <form>', 'form of the plan').choices(['text', 'json', 'markdown']).default('text'),
    )
    .option('--detailed-exitcode', 'exit with 10 when there are changes to apply')
    .option(applications, applicationsHelp, appendApplication)
    .option(shard, shardHelp)
    .option(verify, verifyHelp)
    .action((options) => run(async () => (await import('./plan.ts')).planCommand(options, io)));
}

export function addSync(program: Command, io: Io, run: Run): void {
  withSession(program.command('sync').description('one pass: plan, apply, confirm'))
    .option('--dry-run', 'stop after the plan')
    .option(applications, applicationsHelp, appendApplication)
    .option(acknowledge, acknowledgeHelp)
    .option(shard, shardHelp)
    .option(verify, verifyHelp)
    .action((options) => run(async () => (await import('./sync.ts')).syncCommand(options, io)));
}

export function addRun(program: Command, io: Io, run: Run): void {
  withSession(
    program
      .command('run')
      .description('passes on a schedule until stopped, with /livez, /readyz and /metrics'),
  )
    .option(acknowledge, acknowledgeHelp)
    .option(shard, shardHelp)
    .action((options) => run(async () => (await import('./run.ts')).runCommand(options, io)));
}

export function addCheck(program: Command, io: Io, run: Run): void {
  withSession(program.command('check').description('validate the config, without any network'))
    .option('--online', 'prove every credential and permission too; write nothing, print no value')
    .addOption(new Option('--output <form>', 'form of the answer').choices(['text', 'json']).default('text'))
    .action((options) => run(async () => (await import('./check.ts')).checkCommand(options, io)));
}

export function addExplain(program: Command, io: Io, run: Run): void {
  withApplications(
    withSession(
      program
        .command('explain')
        .argument('<name>', 'name of a secret')
        .description('the chain from source to decision for one secret'),
    ),
  )
    .option(verify, verifyHelp)
    .action((name, options) =>
      run(async () => (await import('./explain.ts')).explainCommand(name, options, io)),
    );
}

export function addPolicy(program: Command, io: Io, run: Run): void {
  withSession(
    program.command('policy').description('the least access that this config needs; asks nothing of anyone'),
  )
    .addOption(new Option('--output <form>', 'form of the answer').choices(['text', 'json']).default('text'))
    .option('--source <id>', 'keep to this source')
    .action((options) => run(async () => (await import('./policy.ts')).policyCommand(options, io)));
}
