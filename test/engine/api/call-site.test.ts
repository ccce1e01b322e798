import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ComponentHandle } from 'signalbox';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { capturedDefinition } from '../../../engine/api/handle.ts';

let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'call-site-'));
  await mkdir(join(home, 'components', 'gtfs'), { recursive: true });
  await writeFile(
    join(home, 'components', 'gtfs', 'index.ts'),
    "import { component } from 'signalbox';\n\nexport const gtfs = (options) => component({ ...options });\n",
  );
  await writeFile(
    join(home, 'dag.ts'),
    "import { component } from 'signalbox';\nimport { gtfs } from './components/gtfs/index.ts';\n\n" +
      "export const own = component({ id: 'own' });\nexport const made = gtfs({ id: 'made' });\n",
  );
});

afterAll(() => rm(home, { recursive: true }));

test('a component is placed where the DAG file asks for it, also through the factory of a component', async () => {
  const file = join(home, 'dag.ts');
  const { own, made } = (await import(pathToFileURL(file).href)) as Record<string, ComponentHandle>;
  expect(capturedDefinition(own)?.definedAt()).toBe(`${file}:4`);
  expect(capturedDefinition(made)?.definedAt()).toBe(`${file}:5`);
});
