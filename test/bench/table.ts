// Tables as Markdown that also reads well on a terminal.

export interface Column<Row> {
  readonly title: string;
  readonly align?: 'right';
  readonly cell: (row: Row) => string;
}

/** The lines of a table. */
export function tableLines<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): readonly string[] {
  const cells = rows.map((row) => columns.map(({ cell }) => cell(row)));
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...cells.map((line) => line[index]?.length ?? 0)),
  );
  const line = (texts: readonly string[]): string =>
    `| ${texts.map((text, index) => padded(text, widths[index] ?? 0, columns[index]?.align)).join(' | ')} |`;
  const rule = columns.map(({ align }, index) => {
    const dashes = '-'.repeat(widths[index] ?? 0);
    return align === 'right' ? `${dashes}-:` : `${dashes}--`;
  });
  return [line(columns.map(({ title }) => title)), `|${rule.join('|')}|`, ...cells.map(line)];
}

function padded(text: string, width: number, align: 'right' | undefined): string {
  return align === 'right' ? text.padStart(width) : text.padEnd(width);
}

/** `1,234` */
export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** `1.23 s`, or `12 ms` below a second. */
export function duration(milliseconds: number): string {
  return milliseconds < 1000 ? `${whole(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(2)} s`;
}

/** Calls by kind: `GetApplications 1, GetSecrets 2`. */
export function callsText(calls: Readonly<Record<string, number>>): string {
  return Object.entries(calls)
    .map(([kind, count]) => `${kind} ${whole(count)}`)
    .join(', ');
}
