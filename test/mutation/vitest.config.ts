// The tests that must notice a mutant: those of plan and secrets, then passes in memory, so that the quickest one kills it.
import { defineConfig } from 'vitest/config';
import type { TestSpecification } from 'vitest/node';
import { BaseSequencer } from 'vitest/node';

/** Parts of paths; a file is as slow as the last one that its path holds. */
const quickFirst = ['/plan/', '/secret/', '/reconcile/', '/plan/properties'];

class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((a, b) => slownessOf(a) - slownessOf(b));
  }
}

function slownessOf({ moduleId }: TestSpecification): number {
  return quickFirst.findLastIndex((part) => moduleId.includes(part));
}

export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/{plan,secret,reconcile}/**/*.test.ts'],
    exclude: ['test/reconcile/history/**', 'test/reconcile/{properties,reader,schedule}.test.ts'],
    testTimeout: 30_000,
    restoreMocks: true,
    isolate: false,
    sequence: { sequencer: QuickFirst },
  },
});
