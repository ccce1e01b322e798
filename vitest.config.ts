import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: { alias: [{ find: /^signalbox$/, replacement: here('engine/api.ts') }, { find: /^signalbox\/embed$/, replacement: here('engine/embed.ts') }] },
  test: { include: ['test/**/*.test.ts'], globalSetup: ['test/harness/global-setup.ts'], testTimeout: 30_000, hookTimeout: 60_000, pool: 'forks' },
});
