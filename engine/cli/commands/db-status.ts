import { loadProject } from '../../../config/load.ts';
import { embeddedStatus } from '../../../state/embedded/embedded-status.ts';
import type { MigrationStatus } from '../../../state/migrations/migrate.ts';
import type { State } from '../../../state/open-state.ts';
import { programName } from '../../model/program.ts';
import { showTime } from '../../model/show-time.ts';
import { exitCodes } from '../exit-codes.ts';
import { type OutputFlags, printJson } from '../print.ts';
import { withState } from '../project.ts';
import type { Terminal } from '../terminal.ts';

interface DatabaseStatus {
  readonly kind: 'embedded' | 'url';
  /** `host:port/database`; of an embedded server that does not run, its data folder. */
  readonly place: string;
  readonly running: boolean;
  readonly pid?: number;
  readonly schema?: MigrationStatus;
}

/** A server that does not run is not started only to be looked at. */
export async function databaseStatus(terminal: Terminal, { output }: OutputFlags): Promise<number> {
  const status = await readStatus();
  if (output === 'json') printJson(terminal, status);
  else terminal.out(render(status));
  return exitCodes.success;
}

async function readStatus(): Promise<DatabaseStatus> {
  const project = loadProject();
  const embedded = project.databaseUrl === undefined ? embeddedStatus(project) : undefined;
  if (embedded && !embedded.running) return { kind: 'embedded', place: embedded.dataDir, running: false };
  const { place, schema } = await withState(project, readPlace, { migrate: false });
  const pid = embedded?.pid === undefined ? {} : { pid: embedded.pid };
  return { kind: embedded ? 'embedded' : 'url', place, running: true, schema, ...pid };
}

async function readPlace(state: State): Promise<{ readonly place: string; readonly schema: MigrationStatus }> {
  return { place: state.place, schema: await state.migrationStatus() };
}

function render({ kind, place, running, pid, schema }: DatabaseStatus): string {
  if (!running) return `embedded database in ${place}: not running; it is started when it is needed\n`;
  const process = pid === undefined ? '' : `, process ${pid}`;
  const name = kind === 'embedded' ? 'embedded database' : 'database of DATABASE_URL';
  return `${name} at ${place}${process}: running\n${schema ? renderSchema(schema) : ''}`;
}

export function renderSchema({ version, newest, pending, applied }: MigrationStatus): string {
  const lines = applied.map((row) => `  ${row.version} ${row.name}, ${showTime(row.appliedAt)}\n`);
  const missing =
    pending.length === 0
      ? ''
      : `; missing ${pending.join(', ')}: the next run or \`${programName} db migrate\` adds it`;
  return `schema version ${version} of ${newest}${missing}\n${lines.join('')}`;
}
