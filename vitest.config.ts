import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^signalbox$/, replacement: here('engine/api.ts') },
      { find: /^signalbox\/embed$/, replacement: here('engine/embed.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['./test/harness/seed.ts'],
    globalSetup: ['test/harness/global-setup.ts'],
    pool: 'forks',
    // Many tests start processes of their own: with a worker on every one of many cores these would wait for one another.
    // On two cores it is two workers, since tests also wait: with one of them a core was idle nearly all the time.
    maxWorkers: Math.max(1, Math.round(availableParallelism() * 0.75)),
    // No test waits for these: they end one that hangs, and leave time to the others on a machine that is busy.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    server: {
      deps: {
        // Compiled code is imported by Node itself, so that a test and a child process get the same modules.
        external: [/\/engine\/dist\//, /\.dag\/[^/]+\.mjs$/],
      },
    },
  },
});
