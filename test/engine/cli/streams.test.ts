import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../../engine/bootstrap/folders.js';
import type { RunEvent } from '../../../engine/model/event.ts';
import { type CommandProject, commandProject, inlineDag } from './command-project.ts';

let project: CommandProject;

beforeAll(async () => {
  project = await commandProject();
  const chatty = "run: async ({ log }) => { log.info('one\\u001b[2J'); log.warn('two'); return { n: 1 }; }";
  project.write(
    'dags/chatty.ts',
    inlineDag('chatty', [`{ id: 'talks', ${chatty} }`, "{ id: 'other', run: async () => 1 }"]),
  );
  const patient = "run: async () => { while (!existsSync('go')) await setTimeout(20); }";
  const imports = "import { existsSync } from 'node:fs';\nimport { setTimeout } from 'node:timers/promises';\n";
  project.write('dags/patient.ts', imports + inlineDag('patient', [`{ id: 'waits', ${patient} }`]));
});
afterAll(() => project.remove());

describe('stdout carries results', () => {
  it('events as NDJSON, the summary last, and nothing on stderr', async () => {
    const { code, stdout, stderr } = await project.engine(['run', '--dag', 'chatty', '--output', 'json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    const events = lines.map((line) => JSON.parse(line) as RunEvent | { readonly type: 'summary' });
    expect(events[0]).toMatchObject({ type: 'run_started', dag: 'chatty', components: ['talks', 'other'] });
    expect(events.at(-2)).toMatchObject({ type: 'run_finished', status: 'success' });
    expect(events.at(-1)).toMatchObject({ type: 'summary', status: 'success', counts: { success: 2 } });
    const told = events.filter(({ type }) => type === 'component_finished');
    expect(told).toHaveLength(2);
  });

  it('people read stderr: lines with the component first, nothing that moves the cursor', async () => {
    const { stderr } = await project.engine(['run', '--dag', 'chatty', '--verbose']);
    expect(stderr).toMatch(/^talks says: one\uFFFD\[2J$/m);
    expect(stderr).toMatch(/^talks warns: two$/m);
    expect(stderr).toMatch(/^talks succeeded \d+ms$/m);
    expect(stderr).not.toContain('\u001b');
  });

  it.each([['table'], ['json']])(
    'a reader that leaves early (%s) is no error, and the run goes on to its end',
    async (output) => {
      const run = project.start(['run', '--dag', 'chatty', '--output', output]);
      run.process.stdout?.destroy();
      const { code, stderr } = await run.exit;
      expect(code).toBe(0);
      expect(stderr).not.toContain('EPIPE');
      const { stdout } = await project.engine(['history', '--dag', 'chatty', '--limit', '1', '--output', 'json']);
      expect(JSON.parse(stdout)).toMatchObject([{ status: 'success' }]);
    },
  );

  it('of a command that is no run is one document', async () => {
    const { code, stdout } = await project.engine(['status', '--dag', 'chatty', '--output', 'json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([{ dag: 'chatty', environment: 'sandbox', components: [{}, {}] }]);
  });
});

describe.skipIf(!existsSync('/dev/full'))('on a disk that is full (needs /dev/full)', () => {
  it('a result that could not be written is a failure, told in one message', async () => {
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [join(projectRoot, 'engine'), 'graph', '--dag', 'chatty'], {
      cwd: project.root,
      stdio: ['ignore', full, 'pipe'],
    });
    const [told, [code]] = await Promise.all([text(child.stderr as NodeJS.ReadableStream), once(child, 'close')]);
    closeSync(full);
    expect(code).toBe(1);
    expect(told).toMatch(/^signalbox: the result could not be written: ENOSPC.*\n$/);
  });
});

/** From util-linux: gives a program a terminal. */
const script = '/usr/bin/script';

interface InTerminal {
  readonly dag?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Hears all that was shown so far. */
  readonly onShown?: (shown: string) => void;
}

async function inTerminal(size: string, { dag = 'chatty', env, onShown }: InTerminal = {}): Promise<string> {
  const command = `stty ${size}; exec '${process.execPath}' '${join(projectRoot, 'engine')}' run --dag ${dag}`;
  const home = `${project.root}/home`;
  const own = { NO_COLOR: undefined, TERM: 'xterm', DATABASE_URL: project.databaseUrl, SIGNALBOX_HOME: home };
  const child = spawn(script, ['-qec', command, '/dev/null'], {
    cwd: project.root,
    env: { ...process.env, ...own, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let shown = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    shown += part;
    onShown?.(shown);
  });
  await once(child, 'close');
  return shown;
}

describe.skipIf(!existsSync(script))('in a terminal (needs script of util-linux)', () => {
  it('there are colours, and lines that are redrawn', async () => {
    const shown = await inTerminal('cols 100 rows 30', {
      dag: 'patient',
      onShown: (soFar) => {
        if (/waits +running .*place 1/.test(soFar) && soFar.includes('0 of 1 done')) project.write('go', '');
      },
    });
    expect(shown).toContain('waits \u001b[32msucceeded');
    expect(shown).toContain('\u001b[2A');
  });

  it('NO_COLOR takes the colours away', async () => {
    const shown = await inTerminal('cols 100 rows 30', { env: { NO_COLOR: '1' } });
    expect(shown).toContain('talks succeeded');
    expect(shown).not.toMatch(/\[\d+m/);
  });

  it('of 0 columns, plain lines do', async () => {
    const shown = await inTerminal('cols 0 rows 0');
    expect(shown).toContain('talks \u001b[32msucceeded');
    expect(shown).not.toMatch(/\[\d*[AJK]/);
    expect(shown).toContain('chatty');
  });
});
