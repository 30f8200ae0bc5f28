// Times as people read them.

/** Seconds since 1970: `2027-01-15 08:00:01 UTC`. */
export function timeText(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
