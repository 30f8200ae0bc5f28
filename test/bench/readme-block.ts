// The table of the project's README between its two marks, renewed by the bench and never typed by hand.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const readmeFile = fileURLToPath(new URL('../../README.md', import.meta.url));
const [begin, end] = ['<!-- bench: begin -->', '<!-- bench: end -->'];

/** Puts lines between the marks. Throws where they are missing. */
export async function renewReadme(lines: Iterable<string>): Promise<void> {
  const readme = await readFile(readmeFile, 'utf8');
  const [before, rest] = readme.split(begin);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new Error(`README.md has no ${begin} … ${end}`);
  await writeFile(readmeFile, `${before}${begin}\n\n${[...lines].join('\n')}\n\n${end}${after}`);
}
