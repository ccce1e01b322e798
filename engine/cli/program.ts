import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { programName } from '../model/program.ts';
import {
  defineBackfillCommands,
  defineCrontabCommands,
  defineDatabaseCommands,
  defineDataCommands,
  defineGroupCommands,
  defineQuotaCommands,
  defineRunActions,
  defineSandboxCommands,
  defineScheduleCommands,
  defineStateCommands,
} from './command-groups.ts';
import { type Define, defineWith } from './define-command.ts';
import { withDag, withSelection, withShownRuns } from './flag-sets.ts';
import {
  dagFlag,
  environmentFlag,
  instantFlag,
  noColourFlag,
  outputFlag,
  sandboxDataFlag,
  wholeNumberFlag,
} from './flags.ts';
import type { BareTerminal } from './terminal.ts';

/** Every command with its flags. The bodies, one file each in `commands/`, are loaded when they are asked for. */
export function buildProgram(terminal: BareTerminal, report: (exitCode: number) => void): Command {
  const program = new Command(programName)
    .description('Runs DAGs of data ingestion, and can say why each component ran or did not.')
    .version(readVersion())
    .configureOutput({
      writeOut: terminal.out,
      writeErr: terminal.err,
      outputError: (text, write) => write(text.replace(/^error: /, 'signalbox: ')),
    })
    .showHelpAfterError('Add --help to see what there is.')
    .exitOverride();
  const define = defineWith(terminal, report);
  defineRun(program, define);
  defineRunActions(program, define);
  definePlan(program, define);
  defineExplain(program, define);
  defineSimulate(program, define);
  defineReading(program, define);
  defineHistory(program, define);
  defineDataCommands(program, define);
  defineDatabaseCommands(program, define);
  defineScheduleCommands(program, define);
  defineGroupCommands(program, define);
  defineQuotaCommands(program, define);
  defineBackfillCommands(program, define);
  defineStateCommands(program, define);
  defineCrontabCommands(program, define);
  defineSandboxCommands(program, define);
  defineSetup(program, define);
  return program;
}

function defineRun(program: Command, define: Define): void {
  const run = withSelection(program.command('run').description('run a DAG once: what did not change is left alone'))
    .option('--due', 'what its schedule has due: the work of a tick for this DAG')
    .option('--fail-fast', 'stop the run at its first failure')
    .option('--no-wait', 'give up with exit code 75 when another run holds a component');
  define(withShownRuns(run), async () => (await import('./commands/run.ts')).run);
}

function definePlan(program: Command, define: Define): void {
  const plan = withSelection(
    program
      .command('plan')
      .description('what `run` would do now, and why; asks sources whether they changed, and changes nothing'),
  )
    .option('--due', 'as a tick would decide: only what is due')
    .option('--detailed-exitcode', 'exit 3 when something would run, or may; 0 when nothing would')
    .addOption(outputFlag())
    .addOption(noColourFlag())
    .addOption(sandboxDataFlag());
  define(plan, async () => (await import('./commands/plan.ts')).plan);
}

function defineExplain(program: Command, define: Define): void {
  const explain = program
    .command('explain <name>')
    .description('why a DAG or a component (`transit.gtfs-schedule`) ran or did not, and what would make it run')
    .option('--run <id>', 'in this run; default the newest')
    .addOption(environmentFlag())
    .addOption(outputFlag())
    .addOption(noColourFlag());
  define(explain, async () => (await import('./commands/explain.ts')).explain);
}

function defineSimulate(program: Command, define: Define): void {
  const simulate = withDag(
    program.command('simulate').description('the runs of the days to come, and what will go wrong in them'),
  )
    .addOption(instantFlag('--from <instant>', 'where they begin; default now'))
    .addOption(wholeNumberFlag('--days <count>', 'how many', 1, 366).default(30))
    .addOption(outputFlag())
    .addOption(noColourFlag());
  define(simulate, async () => (await import('./commands/simulate.ts')).simulate);
}

function defineReading(program: Command, define: Define): void {
  const list = program.command('list').description('the DAGs of this project').addOption(outputFlag());
  define(list, async () => (await import('./commands/list.ts')).list);
  const show = program.command('show <dag>').description('the definition of a DAG').addOption(outputFlag());
  define(show, async () => (await import('./commands/show.ts')).show);
  const graph = program
    .command('graph')
    .description('a DAG as a picture in text')
    .addOption(dagFlag())
    .addOption(new Option('--format <name>', 'kind of text').choices(['mermaid', 'dot', 'ascii']).default('ascii'));
  define(graph, async () => (await import('./commands/graph.ts')).graph);
  const validate = program
    .command('validate [names...]')
    .description('everything that is wrong with DAGs, named by id or file; all of the project without a name')
    .addOption(outputFlag());
  define(validate, async () => (await import('./commands/validate.ts')).validate);
}

function defineHistory(program: Command, define: Define): void {
  const history = withDag(
    program.command('history').description('past runs, newest first; with --run, one of them in full'),
  )
    .addOption(wholeNumberFlag('--limit <count>', 'how many runs', 1, 10_000).default(20))
    .option('--run <id>', 'the components, attempts and decisions of this run; `last` is the newest')
    .addOption(outputFlag());
  define(history, async () => (await import('./commands/history.ts')).history);
  const status = withDag(program.command('status').description('where each component stands'));
  define(status.addOption(outputFlag()), async () => (await import('./commands/status.ts')).status);
  const insights = withDag(
    program
      .command('insights')
      .description('what probes were good for: how true sources are, and what leaving them alone has spared'),
  );
  define(insights.addOption(outputFlag()), async () => (await import('./commands/insights.ts')).insights);
  const logs = program
    .command('logs <run> [component]')
    .description('what the attempts of a run logged; a run is named by its id, a part of it, or `last`')
    .addOption(environmentFlag())
    .addOption(outputFlag());
  define(logs, async () => (await import('./commands/logs.ts')).logs);
}

function defineSetup(program: Command, define: Define): void {
  const config = program.command('config').description('the configuration');
  const show = config
    .command('show')
    .description('every value of an environment, and where it comes from')
    .addOption(environmentFlag())
    .addOption(outputFlag());
  define(show, async () => (await import('./commands/config-show.ts')).configShow);
  const doctor = program
    .command('doctor')
    .description('look for what could keep runs from working, and say how to mend it')
    .option('--deep', 'read every published file and compare its sha256')
    .addOption(noColourFlag())
    .addOption(outputFlag());
  define(doctor, async () => (await import('./commands/doctor.ts')).doctor);
}

/** package.json lies three folders above the compiled engine. */
function readVersion(): string {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
