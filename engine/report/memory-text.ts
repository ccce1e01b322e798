import type { Memory } from '../model/memory-change.ts';
import type { LastSuccess } from '../model/ports.ts';
import { showTime } from '../model/show-time.ts';
import { formatCount } from './quantity.ts';
import { renderTable } from './table.ts';
import { words } from './wording.ts';

const digits = 12;

/** All components of a DAG, a line for each. */
export function renderMemories(memories: readonly Memory[]): string {
  return renderTable(
    [
      { title: 'component', cell: ({ component }: Memory) => component },
      { title: 'last success', cell: ({ lastSuccess }) => (lastSuccess ? showTime(lastSuccess.finishedAt) : 'never') },
      { title: 'answered until', cell: ({ lastSuccess }) => showTime(lastSuccess?.answeredUntil ?? null) },
      { title: 'output', cell: ({ lastSuccess }) => lastSuccess?.outputDigest.slice(0, digits) ?? '' },
      { title: 'sources', cell: ({ lastSuccess }) => sourcesOf(lastSuccess) },
    ],
    memories,
  );
}

export function renderMemory({ environment, dag, component, lastSuccess, audit }: Memory): string {
  const lines = lastSuccess ? successLines(lastSuccess) : ['it has never succeeded, or was reset'];
  const changes = audit.map(({ at, who, action }) => `  ${showTime(at)} ${words(action)} by ${who}`);
  return [
    `${dag}.${component} in ${environment}`,
    ...lines,
    ...(changes.length === 0 ? [] : ['', 'changed by hand:', ...changes]),
    '',
  ].join('\n');
}

function successLines(last: LastSuccess): readonly string[] {
  const upstreams = Object.entries(last.upstreamDigests).map(([id, digest]) => `${id} ${digest.slice(0, digits)}`);
  const datasets = last.datasets.map(({ dataset, rows, path }) => `  ${dataset}: ${formatCount(rows, 'row')}, ${path}`);
  return [
    `last success    ${showTime(last.finishedAt)}, component run ${last.componentRunId}`,
    `answered until  ${showTime(last.answeredUntil)}`,
    `fingerprint     ${last.fingerprint}`,
    `output          ${last.outputDigest}`,
    ...(upstreams.length === 0 ? [] : [`built from      ${upstreams.join(', ')}`]),
    ...last.evidence.map((evidence) => `source          ${sourceText(evidence)}`),
    ...(datasets.length === 0 ? [] : ['datasets', ...datasets]),
  ];
}

function sourceText({ source, parts }: LastSuccess['evidence'][number]): string {
  const [first] = parts;
  const content = first && parts.length === 1 ? first.digest.slice(0, digits) : formatCount(parts.length, 'part');
  const validators = [
    first?.etag && `ETag ${first.etag}`,
    first?.lastModified && `Last-Modified ${first.lastModified}`,
  ];
  return [`${source} ${content}`, ...validators.filter((text) => text !== undefined && text !== '')].join(', ');
}

function sourcesOf(last: LastSuccess | null): string {
  return last?.evidence.map(({ source }) => source).join(', ') ?? '';
}
