import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Project } from '../../../config/load.ts';
import { findPlatformPackage } from '../../../state/embedded/platform-package.ts';
import { type Finding, failing, fine } from './finding.ts';

/** Node, the packages with native code, and the folder that all is kept in. */
export async function checkMachine(project: Project): Promise<readonly Finding[]> {
  return [
    // An older one does not get this far: engine/index.js refuses it.
    fine('node', process.versions.node),
    await checkPackage('esbuild', () => import('esbuild')),
    await checkPackage('@duckdb/node-api', () => import('@duckdb/node-api')),
    ...(project.databaseUrl === undefined ? [checkEmbedded()] : []),
    checkHome(project.home),
  ];
}

async function checkPackage(name: string, load: () => Promise<unknown>): Promise<Finding> {
  const subject = 'package';
  try {
    await load();
    return fine(subject, name);
  } catch (error) {
    const message = `${name} does not load: ${error instanceof Error ? error.message : String(error)}`;
    return { level: 'fail', subject, message, hint: 'Run `npm ci` in the folder of package.json.' };
  }
}

function checkEmbedded(): Finding {
  try {
    const { name, version } = findPlatformPackage();
    return fine('package', `${name} ${version}`);
  } catch (error) {
    return failing('package', error, 'Run `npm ci`, or set DATABASE_URL.');
  }
}

function checkHome(home: string): Finding {
  const probe = join(home, `.doctor-${process.pid}`);
  try {
    mkdirSync(home, { recursive: true });
    writeFileSync(probe, '');
    rmSync(probe);
    return fine('home', `${home} can be written`);
  } catch (error) {
    const message = `${home} cannot be written: ${error instanceof Error ? error.message : String(error)}`;
    return { level: 'fail', subject: 'home', message, hint: 'Give this user the right to, or set SIGNALBOX_HOME.' };
  }
}
