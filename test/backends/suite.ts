// Runs a suite against a real server where there is one, and says so where there is none.
import * as vitest from 'vitest';
import { locateBackend } from './locate.ts';
import type { BackendName } from './recipes.ts';

/**
 * `describe` when the server is built. Without it the suite is skipped with a visible reason, or, where CI
 * is `true`, replaced by a failing test.
 */
export function describeWithBackend(name: BackendName, title: string, body: () => void): void {
  const location = locateBackend(name);
  if ('path' in location) {
    vitest.describe(title, body);
  } else if (process.env['CI'] === 'true') {
    vitest.test(title, () => vitest.expect.fail(location.missing));
  } else {
    const visibleTitle = `${title} (skipped: no ${name}; run npm run backends)`;
    // The default reporter counts skipped tests and does not name them.
    process.stderr.write(`${visibleTitle}\n`);
    // One placeholder in place of the suite, however many tests it has.
    vitest.test(visibleTitle, { skip: true }, () => {});
  }
}
