import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EndToEndProject, endToEndProject } from '../harness/e2e-project.ts';

const page = read('docs/runs.md');

function read(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
}

interface Example {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What the page says it prints, where it says so. */
  readonly shown: string | undefined;
}

/** Each command in the order of the page; the last one of a block prints the text that follows it. */
const examples = [...page.matchAll(/^```sh\n([\s\S]*?)^```\n(?:\n```text\n([\s\S]*?)^```)?/gm)].flatMap(
  ([, block = '', text]) => {
    const lines = block.trim().split('\n');
    return lines.map((line, index) => exampleOf(line, index === lines.length - 1 ? text : undefined));
  },
);

function exampleOf(command: string, shown: string | undefined): Example {
  const [variable = '', ...words] = command.split(' ');
  const [name = '', value] = variable.split('=');
  const env = value === undefined ? {} : { [name]: value };
  // Without `node engine`.
  return { command, args: words.slice(value === undefined ? 1 : 2), env, shown };
}

/** Without what differs from day to day and from machine to machine. */
function shapeOf(text: string): string {
  return text
    .replace(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, 'ID')
    .replace(/(?<=next |started |succeeded at )[-\d]+ [\d:]+Z/g, 'TIME')
    .replace(/\b(\d+h )?(\d+m )?\d[\d.]*(ms|s)\b|\b(\d+h )?\d+m \d\ds\b/g, 'TOOK')
    .replace(/ +/g, ' ');
}

let project: EndToEndProject;
beforeAll(async () => {
  project = await endToEndProject({ project: 'checkout', holdServer: true });
});
afterAll(() => project.remove());

describe('the commands of docs/runs.md', { timeout: 120_000 }, () => {
  it.each(examples)('$command', async ({ args, env, shown }) => {
    const { code, stdout, stderr } = await project.engine(args, env);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout).not.toBe('');
    if (shown !== undefined) expect(shapeOf(stdout)).toBe(shapeOf(shown));
  });

  it('show what each prints', () => {
    expect(examples.filter(({ shown }) => shown !== undefined)).toHaveLength(3);
  });

  it('print what README.md shows of a plan', () => {
    const plan = examples.find(({ args }) => args[0] === 'plan')?.shown ?? 'no plan';
    expect(read('README.md')).toContain(plan.split('\n\n')[0]);
  });
});
