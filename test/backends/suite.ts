// Runs a suite against real servers where they are, and says so where they are not.
import * as vitest from 'vitest';
import { locateBackend } from './locate.ts';
import type { BackendName } from './recipes.ts';

/**
 * `describe` when every server that it names is built. Without one of them the suite is skipped with a visible
 * reason, or, where CI is `true`, replaced by a failing test.
 */
export function describeWithBackend(
  names: BackendName | readonly BackendName[],
  title: string,
  body: () => void,
): void {
  const missing = [names].flat().flatMap((name) => {
    const location = locateBackend(name);
    return 'missing' in location ? [{ name, reason: location.missing }] : [];
  });
  if (missing.length === 0) {
    vitest.describe(title, body);
  } else if (process.env['CI'] === 'true') {
    vitest.test(title, () => vitest.expect.fail(missing.map(({ reason }) => reason).join('\n')));
  } else {
    const absent = missing.map(({ name }) => name).join(', ');
    const visibleTitle = `${title} (skipped: no ${absent}; run npm run backends)`;
    // The default reporter counts skipped tests and does not name them.
    process.stderr.write(`${visibleTitle}\n`);
    // One placeholder in place of the suite, however many tests it has.
    vitest.test(visibleTitle, { skip: true }, () => {});
  }
}
