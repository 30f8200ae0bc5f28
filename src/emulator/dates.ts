// Dates as the API writes them: `YYYY-MM-DD HH:mm:ss`, whole seconds, UTC unless a switch moves them.

/** The date as text, shifted by an offset in minutes. */
export function formatDate(date: Date, offsetMinutes: number): string {
  const shifted = new Date(date.getTime() + offsetMinutes * 60_000);
  return shifted.toISOString().slice(0, 19).replace('T', ' ');
}

/** The same moment without its fraction of a second. */
export function wholeSecond(date: Date): Date {
  return new Date(Math.floor(date.getTime() / 1000) * 1000);
}
