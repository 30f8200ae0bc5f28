// Values that something on the way might change: line ends, quotes, signs of forms and URLs, scripts, spaces, and great length.

const kinds: readonly ((mark: string) => string)[] = [
  (mark) => `-----BEGIN KEY-----\n${mark}\n-----END KEY-----\n`,
  (mark) => `${mark}\r\nsecond\r\n\r\n`,
  (mark) => `"${mark}" 'single' \`back\` \\ \\n \\u0041`,
  (mark) => `a=${mark}&b=%20+%2B&c==;d=1%`,
  (mark) => `Grüße, Köln: äöüßÄÖÜ é ${mark}`,
  (mark) => `🔐👩‍🚀 ${mark} 𝕊`,
  (mark) => `  ${mark}\t `,
  (mark) => `\n${mark}\u00a0\u2028\ufeff`,
  (mark) => `{{ ${mark} }} \${${mark}} $${mark} <b>&amp;</b>`,
  (mark) => `00${mark}`,
  (mark) => `${mark}${'8192 '.repeat(2000)}`.slice(0, 8192),
  (mark) => `${mark}${'é🔑'.repeat(4000)}`.slice(0, 8192 - (mark.length % 3)).toWellFormed(),
];

/** The value of a number: kinds in turn, and no two alike. */
export function oddValue(index: number, generation = 0): string {
  const mark = `${index}x${generation}`;
  return kinds[index % kinds.length]?.(mark) ?? mark;
}

/** `count` names: `PREFIX000`, `PREFIX001`, … */
export function namesOf(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${String(index).padStart(3, '0')}`);
}
