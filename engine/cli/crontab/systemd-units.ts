import { createHash } from 'node:crypto';
import type { TickTask } from './tick-task.ts';

export interface SystemdUnit {
  readonly name: string;
  readonly content: string;
}

/**
 * A oneshot service and its timer, for `systemctl --user`. `KillMode=process`: the embedded server that a tick has started
 * may be in use by others when the tick ends, and must not be ended with its cgroup (systemd.kill(5)).
 */
export function systemdUnits(task: TickTask): readonly [service: SystemdUnit, timer: SystemdUnit] {
  const name = unitName(task);
  const description = `Signalbox tick of ${task.environment} in ${task.projectDirectory}`.replaceAll('%', '%%');
  return [
    { name: `${name}.service`, content: serviceText(task, description) },
    { name: `${name}.timer`, content: timerText(description) },
  ];
}

/** Two projects of one user have units of their own. */
function unitName({ environment, projectDirectory }: TickTask): string {
  const digest = createHash('sha256').update(projectDirectory).digest('hex').slice(0, 8);
  return `signalbox-${environment}-${digest}`;
}

function serviceText({ projectDirectory, program, args, variables }: TickTask, description: string): string {
  return [
    '[Unit]',
    `Description=${description}`,
    '',
    '[Service]',
    'Type=oneshot',
    `WorkingDirectory=${projectDirectory.replaceAll('%', '%%')}`,
    ...Object.entries(variables).map(([name, value]) => `Environment=${quote(`${name}=${value}`)}`),
    `ExecStart=${[...program, ...args].map((word) => quote(word).replaceAll('$', '$$$$')).join(' ')}`,
    '# Another tick was at work: the next one will do.',
    'SuccessExitStatus=75',
    'KillMode=process',
    'TimeoutStartSec=infinity',
    '',
  ].join('\n');
}

function timerText(description: string): string {
  return [
    '[Unit]',
    `Description=${description}`,
    '',
    '[Timer]',
    'OnCalendar=minutely',
    'AccuracySec=1s',
    'Persistent=true',
    '',
    '[Install]',
    'WantedBy=timers.target',
    '',
  ].join('\n');
}

/** systemd.syntax(7): C escapes inside double quotes, and `%` doubled. */
function quote(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%');
  if (/[\r\n\0]/.test(text))
    throw new Error(`expected text without line breaks for a unit, got ${JSON.stringify(text)}`);
  return /^[\w@+=:,./-]+$/.test(text) ? text : `"${escaped}"`;
}
