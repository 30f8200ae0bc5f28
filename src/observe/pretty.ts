// A log line for people: time, level, message, then the data as `key=value`.

/** Turns one JSON line into one line of text, without colours. */
export function prettyLine(line: string): string {
  const { time, level, msg, ...data } = parseLine(line);
  const pairs = Object.entries(data).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return `${[textOf(time).slice(11, 19), textOf(level).toUpperCase().padEnd(5), textOf(msg), ...pairs].join(' ')}\n`;
}

function parseLine(line: string): Record<string, unknown> {
  const parsed: unknown = JSON.parse(line);
  return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
