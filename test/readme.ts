// What the tests of the README look for in it: sections, tables and fenced blocks.
import { fileURLToPath } from 'node:url';

export const readmeFile = fileURLToPath(new URL('../README.md', import.meta.url));

/** A section without its heading, up to the next heading of its level or a higher one. */
export function sectionOf(markdown: string, heading: string): string {
  const lines = markdown.split('\n');
  const start = lines.indexOf(heading);
  if (start === -1) throw new Error(`there is no heading ${heading}`);
  const level = heading.indexOf(' ');
  const rest = lines.slice(start + 1);
  const isEnd = (line: string) => /^#+ /.test(line) && line.indexOf(' ') <= level;
  const length = rest.findIndex(isEnd);
  return rest.slice(0, length === -1 ? undefined : length).join('\n');
}

/** The cells of all rows of the first table below a heading, without its head; the cells as Markdown. */
export function tableOf(markdown: string, heading: string): readonly (readonly string[])[] {
  const lines = sectionOf(markdown, heading).split('\n');
  const start = lines.findIndex((line) => line.startsWith('|---'));
  if (start === -1) throw new Error(`there is no table below ${heading}`);
  const rest = lines.slice(start + 1);
  const length = rest.findIndex((line) => !line.startsWith('|'));
  return rest.slice(0, length === -1 ? undefined : length).map((line) =>
    line
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim()),
  );
}

/** The contents of all fenced blocks of a language, without the indentation of their fence. */
export function blocksOf(markdown: string, language: string): readonly string[] {
  const fences = markdown.matchAll(/^( *)```(\w*)\n([\s\S]*?)^\1```$/gm);
  return [...fences].flatMap(([, indentation = '', found, text = '']) =>
    found === language
      ? [
          text
            .split('\n')
            .map((line) => line.slice(indentation.length))
            .join('\n'),
        ]
      : [],
  );
}

/** Whether a YAML block is a config of its own. */
export function isConfig(text: string): boolean {
  return /^owner:/m.test(text);
}
