// How the tests run: everything under test/, the bundle built once before, real backends where they are found.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    // Many times what the longest take: these end what hangs, and must not end what is slow on a busy machine.
    testTimeout: 120_000,
    hookTimeout: 240_000,
    // The default of one second is less than a process needs to start there.
    expect: { poll: { timeout: 60_000 } },
    restoreMocks: true,
    maxWorkers: 2,
    coverage: { provider: 'v8', include: ['src/**'], reporter: ['text-summary', 'json-summary'] },
  },
});
