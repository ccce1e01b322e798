import { loadProject } from '../../../config/load.ts';
import type { Paint } from '../../report/paint.ts';
import { oneLine } from '../../report/printable.ts';
import { checkChild } from '../doctor/check-child.ts';
import { checkDags } from '../doctor/check-dags.ts';
import { checkDatabase } from '../doctor/check-database.ts';
import { checkMachine } from '../doctor/check-machine.ts';
import { checkRecords } from '../doctor/check-records.ts';
import { checkTick } from '../doctor/check-tick.ts';
import type { Finding } from '../doctor/finding.ts';
import { exitCodes } from '../exit-codes.ts';
import { type OutputFlags, printJson } from '../print.ts';
import type { Terminal } from '../terminal.ts';

interface DoctorFlags extends OutputFlags {
  readonly deep?: boolean;
}

/** Looks at everything a run needs; a line each, with what to do where something is wrong. Exit code 1 when it is. */
export async function doctor(terminal: Terminal, { output, deep = false }: DoctorFlags): Promise<number> {
  const project = loadProject();
  const looks = [
    () => checkMachine(project),
    () => checkDatabase(project),
    () => checkTick(project),
    () => checkRecords(project, deep),
    checkDags,
    async () => [await checkChild()],
  ];
  const findings: Finding[] = [];
  for (const look of looks) {
    const found = await look();
    findings.push(...found);
    if (output === 'table') terminal.out(found.map((finding) => line(finding, terminal.outPaint)).join(''));
  }
  if (output === 'json') printJson(terminal, findings);
  return findings.some(({ level }) => level === 'fail') ? exitCodes.failed : exitCodes.success;
}

function line({ level, subject, message, hint }: Finding, paint: Paint): string {
  const colours = { ok: paint.green, warn: paint.yellow, fail: paint.red };
  const advice = hint === undefined ? '' : `      ${oneLine(hint)}\n`;
  return `${colours[level](level.padEnd(4))}  ${subject}: ${oneLine(message)}\n${advice}`;
}
