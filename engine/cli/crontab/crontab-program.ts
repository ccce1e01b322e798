import { spawnSync } from 'node:child_process';
import { exitCodes } from '../exit-codes.ts';
import { UsageError } from '../usage-error.ts';

/** The user's crontab, through crontab(1): where it is kept differs from system to system. */

export function readCrontab(): string {
  const { status, stdout, stderr } = runCrontab(['-l']);
  if (status === 0) return stdout;
  if (/no crontab for/i.test(stderr)) return '';
  throw refused('be read', stderr);
}

export function writeCrontab(content: string): void {
  const { status, stderr } = runCrontab(['-'], content);
  if (status !== 0) throw refused('be written', stderr);
}

const deadlineMs = 10_000;

function runCrontab(args: readonly string[], input = '') {
  const ran = spawnSync('crontab', args, { input, encoding: 'utf8', timeout: deadlineMs });
  if (!ran.error) return ran;
  const isMissing = (ran.error as NodeJS.ErrnoException).code === 'ENOENT';
  const what = isMissing ? 'there is none on this machine' : ran.error.message;
  const hint = 'Install cron (Debian: `apt install cron`), or use --systemd.';
  throw new UsageError(`expected the program crontab, but ${what}`, hint, exitCodes.configuration);
}

function refused(what: string, stderr: string): UsageError {
  const hint = 'See that this user may use cron: /etc/cron.allow and /etc/cron.deny.';
  return new UsageError(`expected the crontab to ${what}, got: ${stderr.trim()}`, hint, exitCodes.failed);
}
