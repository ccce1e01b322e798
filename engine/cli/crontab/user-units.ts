import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { SystemdUnit } from './systemd-units.ts';

/** Unit files of this user, where `systemctl --user` looks for them (systemd.unit(5)). */
const directory = () => join(homedir(), '.config', 'systemd', 'user');

const pathOf = ({ name }: SystemdUnit) => join(directory(), name);

/** Returns the paths. */
export function writeUnits(units: readonly SystemdUnit[]): readonly string[] {
  mkdirSync(directory(), { recursive: true });
  for (const unit of units) writeFileSync(pathOf(unit), unit.content);
  return units.map(pathOf);
}

export function removeUnits(units: readonly SystemdUnit[]): readonly string[] {
  const there = units.map(pathOf).filter((path) => existsSync(path));
  for (const path of there) rmSync(path);
  return there;
}

/** What systemd said against it; undefined when all of it was done. */
export function tellSystemd(commands: readonly (readonly string[])[]): string | undefined {
  for (const command of commands) {
    const { status, stderr, error } = spawnSync('systemctl', ['--user', ...command], {
      encoding: 'utf8',
      timeout: 30_000,
    });
    if (status !== 0) return error?.message ?? stderr.trim();
  }
  return undefined;
}
