import { type Command, Option } from 'commander';
import { reprocessKinds } from '../model/backfill.ts';
import type { Define } from './define-command.ts';
import { withDag, withShownRuns } from './flag-sets.ts';
import {
  componentFlag,
  dagFlag,
  environmentFlag,
  instantFlag,
  namedEnvironmentFlag,
  outputFlag,
  sandboxDataFlag,
  webAddressFlag,
  wholeNumberFlag,
} from './flags.ts';

/** The commands that have commands of their own. */

export function defineDataCommands(program: Command, define: Define): void {
  const data = program.command('data').description('the published datasets');
  const list = withDag(data.command('list').description('every dataset with its newest version'));
  define(list.addOption(outputFlag()), async () => (await import('./commands/data-list.ts')).dataList);
  const path = withDag(data.command('path <dataset>').description('the file of the newest version'));
  define(path, async () => (await import('./commands/data-path.ts')).dataPath);
  const query = withDag(
    data.command('query <sql>').description('one SELECT (DuckDB) over the newest versions, each a view by its name'),
  );
  define(query.addOption(outputFlag()), async () => (await import('./commands/data-query.ts')).dataQuery);
}

export function defineGroupCommands(program: Command, define: Define): void {
  const groups = program.command('groups').description('named sets of components');
  const list = groups.command('list').description('what --group takes, with its components').addOption(dagFlag());
  define(list.addOption(outputFlag()), async () => (await import('./commands/groups-list.ts')).groupsList);
}

export function defineDatabaseCommands(program: Command, define: Define): void {
  const database = program.command('db').description('the database that keeps the state');
  const status = database.command('status').description('where it is, and whether it is up to date');
  define(status.addOption(outputFlag()), async () => (await import('./commands/db-status.ts')).databaseStatus);
  const migrate = database.command('migrate').description('bring its tables up to date, as every run does');
  define(migrate, async () => (await import('./commands/db-migrate.ts')).databaseMigrate);
  const reset = database
    .command('reset')
    .description('forget all runs and datasets; published files stay where they are')
    .option('--yes', 'needed: there is no way back');
  define(reset, async () => (await import('./commands/db-reset.ts')).databaseReset);
  const backup = database
    .command('backup <file>')
    .description('copy all that is recorded into one file, without published files; runs may go on')
    .addOption(outputFlag());
  define(backup, async () => (await import('./commands/db-backup.ts')).databaseBackup);
  const restore = database
    .command('restore <file>')
    .description('fill an empty database from such a file: all of it or nothing')
    .option('--verify', 'only prove that it could be: restore it aside, compare, check, and take it back')
    .addOption(outputFlag());
  define(restore, async () => (await import('./commands/db-backup.ts')).databaseRestore);
  const clean = database
    .command('clean')
    .description('forget runs, logs and quarantined records that are old; what later runs decide by stays')
    .addOption(namedEnvironmentFlag())
    .option('--before <age>', 'history from before: 30d, or a day; default by the settings of the environment')
    .option('--dry-run', 'only say what would go')
    .option('--yes', 'needed: there is no way back')
    .addOption(outputFlag());
  define(clean, async () => (await import('./commands/db-clean.ts')).databaseClean);
  const stop = database.command('stop').description('stop the embedded server, if nobody uses it');
  define(stop, async () => (await import('./commands/db-stop.ts')).databaseStop);
  const shell = database
    .command('shell')
    .description('an SQL prompt')
    .option('-c, --command <sql>', 'run this and return');
  define(shell.addOption(outputFlag()), async () => (await import('./commands/db-shell.ts')).databaseShell);
}

export function defineQuotaCommands(program: Command, define: Define): void {
  const quota = program.command('quota').description('calls to outside services, and how many are left');
  const list = quota
    .command('list')
    .description('every quota with its count in this window')
    .addOption(environmentFlag());
  define(list.addOption(outputFlag()), async () => (await import('./commands/quota-list.ts')).quotaList);
  const set = withDag(quota.command('set <name>').description('put the count of this window right')).addOption(
    wholeNumberFlag('--used <calls>', 'calls that are used in this window', 0, 1_000_000_000),
  );
  define(set, async () => (await import('./commands/quota-change.ts')).quotaSet);
  const reset = withDag(
    quota.command('reset <name>').description('count this window anew, and forget what the service said'),
  );
  define(reset, async () => (await import('./commands/quota-change.ts')).quotaReset);
}

export function defineSandboxCommands(program: Command, define: Define): void {
  const sandbox = program.command('sandbox').description('the local stand-in for the sources');
  const serve = sandbox
    .command('serve')
    .description("serve a DAG's sources until Ctrl-C")
    .addOption(dagFlag())
    .addOption(wholeNumberFlag('--port <number>', 'port to listen on; 0 is any free one', 0, 65_535).default(0))
    .option('--date <day>', 'the sandbox day, such as 2026-03-01; default today in UTC')
    .addOption(wholeNumberFlag('--seed <number>', 'what generated data are made from', 0, 2 ** 31))
    .addOption(sandboxDataFlag());
  define(serve, async () => (await import('./commands/sandbox-serve.ts')).sandboxServe);
}

/** What acts on schedules, or looks at them. */
export function defineScheduleCommands(program: Command, define: Define): void {
  const tick = program
    .command('tick')
    .description('the entry for cron: makes the runs of all slots of all DAGs since it last came')
    .addOption(namedEnvironmentFlag())
    .addOption(webAddressFlag('--ping <url>', "told at the end, for a dead-man's switch"));
  define(withShownRuns(tick), async () => (await import('./commands/tick.ts')).tick);
  const next = program
    .command('next')
    .description('the slots to come, of DAGs and of components with a schedule of their own')
    .addOption(wholeNumberFlag('-n, --number <count>', 'how many of each', 1, 1_000).default(5));
  define(withDag(next).addOption(outputFlag()), async () => (await import('./commands/next.ts')).next);
  const pause = program.command('pause <dag>').description('let no tick make a run of this DAG');
  define(pause.addOption(namedEnvironmentFlag()), async () => (await import('./commands/pause.ts')).pause);
  const unpause = program.command('unpause <dag>').description('let ticks make runs of this DAG again');
  define(unpause.addOption(namedEnvironmentFlag()), async () => (await import('./commands/pause.ts')).unpause);
}

const ticking = (command: Command) =>
  command
    .addOption(namedEnvironmentFlag())
    .option('--systemd', 'a user timer of systemd in place of a line in cron')
    .option('--schedule <cron>', 'when to tick; default every minute')
    .addOption(webAddressFlag('--ping <url>', 'what each tick is to tell that it came to its end'));

/** No environment is guessed: a line that is forgotten runs for years. */
export function defineCrontabCommands(program: Command, define: Define): void {
  const crontab = program.command('crontab').description('the line in cron, or the timer of systemd, that ticks');
  const install = ticking(crontab.command('install').description('write it; again changes nothing'));
  define(install, async () => (await import('./commands/crontab.ts')).crontabInstall);
  const show = ticking(crontab.command('show').description('what is installed, or would be'));
  define(show, async () => (await import('./commands/crontab.ts')).crontabShow);
  const remove = ticking(crontab.command('remove').description('take it out again; other lines stay as they are'));
  define(remove, async () => (await import('./commands/crontab.ts')).crontabRemove);
}

const withSpan = (command: Command) =>
  command
    .addOption(instantFlag('--from <instant>', 'the first slot; a day is its beginning in UTC'))
    .addOption(instantFlag('--to <instant>', 'the last slot, included'));

const working = (command: Command) => withShownRuns(command.addOption(namedEnvironmentFlag()));

export function defineBackfillCommands(program: Command, define: Define): void {
  const backfill = program.command('backfill').description('one run for each slot of a span of the past');
  const create = backfill
    .command('create')
    .description('record it, and make its runs')
    .addOption(dagFlag())
    .addOption(componentFlag())
    .addOption(
      new Option('--reprocess <which>', 'slots that had a run and get one again')
        .choices([...reprocessKinds])
        .default('none'),
    )
    .addOption(wholeNumberFlag('--max-active <count>', 'runs of it at a time', 1, 64).default(1))
    .option('--run-backwards', 'the newest slot first')
    .option('--advance-cursor', 'let later runs go on from what it leaves')
    .option('--dry-run', 'only say which slots it would fill')
    .option('--detach', 'leave its runs to the ticks');
  define(working(withSpan(create)), async () => (await import('./commands/backfill.ts')).backfillCreate);
  const run = backfill.command('run <id>').description('go on with one that was detached, stopped or killed');
  define(working(run), async () => (await import('./commands/backfill.ts')).backfillRun);
  const list = withDag(backfill.command('list').description('newest first')).addOption(outputFlag());
  define(list, async () => (await import('./commands/backfill.ts')).backfillList);
  const status = backfill.command('status <id>').description('each slot, and what became of its run');
  define(
    status.addOption(environmentFlag()).addOption(outputFlag()),
    async () => (await import('./commands/backfill.ts')).backfillStatus,
  );
  const cancel = backfill.command('cancel <id>').description('make no more runs of it');
  define(cancel.addOption(namedEnvironmentFlag()), async () => (await import('./commands/backfill.ts')).backfillCancel);
}

export function defineStateCommands(program: Command, define: Define): void {
  const state = program.command('state').description('what is remembered of components, and goes into decisions');
  const show = state.command('show <name>').description('of a DAG, or of one component (`transit.gtfs-schedule`)');
  define(
    show.addOption(environmentFlag()).addOption(outputFlag()),
    async () => (await import('./commands/state.ts')).stateShow,
  );
  const reset = state
    .command('reset <name>')
    .description('forget it: the next run of the component is as good as its first');
  define(reset.addOption(namedEnvironmentFlag()), async () => (await import('./commands/state.ts')).stateReset);
  const touch = state
    .command('touch <name>')
    .description('take its last success for one of now: due again at its next slot');
  define(touch.addOption(namedEnvironmentFlag()), async () => (await import('./commands/state.ts')).stateTouch);
}

/** What people do about runs that there are. */
export function defineRunActions(program: Command, define: Define): void {
  const cancel = program
    .command('cancel <run>')
    .description('stop a run; it is named by its id, a part of it, or `last`')
    .option('--reason <text>', 'kept with the run')
    .option('--no-wait', 'do not wait for its end')
    .addOption(environmentFlag())
    .addOption(outputFlag());
  define(cancel, async () => (await import('./commands/cancel.ts')).cancel);
  const retry = program
    .command('retry <run>')
    .description('a new run for what neither succeeded nor was unchanged in one that has ended')
    .addOption(new Option('--failed', 'only what failed, and what that has held up').conflicts('component'))
    .addOption(componentFlag())
    .option('--downstream', 'with all that needs the chosen components')
    .option('--fail-fast', 'stop the run at its first failure')
    .option('--no-wait', 'give up with exit code 75 when another run holds a component')
    .addOption(environmentFlag());
  define(withShownRuns(retry), async () => (await import('./commands/retry.ts')).retry);
  const clear = withSpan(program.command('clear <dag>').description('let ticks make the runs of past slots again'))
    .addOption(componentFlag())
    .option('--dry-run', 'only say which slots')
    .option('--yes', 'needed: every slot of the span gets a run again')
    .addOption(namedEnvironmentFlag())
    .addOption(outputFlag());
  define(clear, async () => (await import('./commands/clear.ts')).clear);
}
