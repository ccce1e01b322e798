import type { Client } from 'pg';
import { randomOf } from '../../components/sandbox/random.ts';
import type { History } from '../../state/history/history.ts';
import { roundsAsked } from '../harness/arguments.ts';
import { type HistorySize, makeHistory } from '../harness/long-history.ts';
import { round, timed } from '../harness/measure.ts';
import { createProject } from '../harness/project.ts';
import { report } from '../harness/report.ts';

/** What people ask of a long history: 1,000,000 attempts, each question against a look-up by primary key. */
const size: HistorySize = { dags: 20, runs: 25_000, components: 10, attempts: 4 };
const environment = 'prd';
const questionsEach = roundsAsked ?? 200;

const state = await createProject().holdServer();
try {
  const madeMs = await timed(() => state.upkeep('take a history', (client) => makeHistory(client, size)));
  await state.upkeep('be asked', (client) => askAll(state.history, client, madeMs));
} finally {
  await state.close();
}

async function askAll(history: History, client: Client, madeMs: number): Promise<void> {
  const name = `${(size.runs * size.components * size.attempts).toLocaleString('en')} attempts`;
  report('history', name, { subject: 'made', seconds: round(madeMs / 1_000) });
  const ids = (await client.query<{ id: string }>('select id from signalbox.run order by id')).rows.map(
    (row) => row.id,
  );
  const random = randomOf(1, 'history');
  const some = () => random.pick(ids);
  const dag = () => `dag-${random.integer(0, size.dags - 1)}`;
  const byKey = 'a run by its primary key';
  const questions: Readonly<Record<string, () => Promise<unknown>>> = {
    [byKey]: () =>
      client.query({ name: 'by_key', text: 'select * from signalbox.run where id = $1', values: [some()] }),
    'list, first page': () => history.listRuns({ environment }),
    'list, some later page': () => history.listRuns({ environment, before: some() }),
    'list of an environment without runs': () => history.listRuns({ environment: 'dev' }),
    'list of a DAG, first page': () => history.listRuns({ environment, dag: dag() }),
    'list of a DAG, some later page': () => history.listRuns({ environment, dag: dag(), before: some() }),
    'a run by its id': () => history.run(some()),
    'a run by the last 8 digits of its id': () => history.run(some().slice(-8)),
    'status of a DAG': () => history.statusOf({ environment, dag: dag() }),
  };
  const times = new Map(Object.keys(questions).map((subject) => [subject, [] as number[]]));
  for (let asked = -5; asked < questionsEach; asked += 1) {
    for (const [subject, ask] of Object.entries(questions)) {
      const ms = await timed(ask);
      if (asked >= 0) times.get(subject)?.push(ms);
    }
  }
  const base = times.get(byKey) ?? [];
  for (const [subject, found] of times) {
    report('history', name, {
      subject,
      rounds: found.length,
      medianMs: round(percentile(found, 0.5)),
      p99Ms: round(percentile(found, 0.99)),
      ratioOfMedians: round(percentile(found, 0.5) / percentile(base, 0.5)),
      to: byKey,
    });
  }
}

function percentile(times: readonly number[], part: number): number {
  const sorted = times.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
