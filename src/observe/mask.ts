// The second line of defence of the log: values that were read in this pass are struck out of every line, whatever put them there.
import type { SecretBox } from '../secret/box.ts';

/** Shorter values would strike out half of the words; they are left to the box. */
const shortest = 8;
const redacted = '[redacted]';

/** Knows the values of a pass, as they are and as JSON, base64 and URLs write them. */
export class Mask {
  /** By their first eight characters, so that a line costs its own length and not the number of values. */
  readonly #forms = new Map<string, string[]>();
  /** Which beginnings may be known, so that most of a line costs no look into the map. */
  readonly #beginnings = new Uint8Array(65_536);

  add(value: SecretBox): void {
    value.satisfies((text) => {
      for (const form of formsOf(text)) this.#addForm(form);
      return true;
    });
  }

  /** Forgets all values; the next pass brings its own. */
  clear(): void {
    this.#forms.clear();
    this.#beginnings.fill(0);
  }

  /** The line without any value. */
  apply(line: string): string {
    if (this.#forms.size === 0) return line;
    let masked = '';
    let kept = 0;
    let at = 0;
    while (at < line.length) {
      const form = this.#formAt(line, at);
      if (form === undefined) {
        at += 1;
      } else {
        masked += line.slice(kept, at) + redacted;
        at += form.length;
        kept = at;
      }
    }
    return masked + line.slice(kept);
  }

  #addForm(form: string): void {
    const start = form.slice(0, shortest);
    this.#beginnings[beginningOf(form, 0)] = 1;
    const forms = this.#forms.get(start);
    if (forms === undefined) this.#forms.set(start, [form]);
    else if (!forms.includes(form)) forms.push(form);
  }

  #formAt(line: string, at: number): string | undefined {
    if (this.#beginnings[beginningOf(line, at)] === 0) return undefined;
    return this.#forms.get(line.slice(at, at + shortest))?.find((form) => line.startsWith(form, at));
  }
}

/** Sixteen bits of the first three characters from `at` on. It is asked at every character of the log, so it makes no object. */
function beginningOf(text: string, at: number): number {
  const ahead = (text.charCodeAt(at) << 10) ^ (text.charCodeAt(at + 1) << 5);
  return (ahead ^ text.charCodeAt(at + 2)) & 0xffff;
}

function formsOf(text: string): readonly string[] {
  const wellFormed = text.toWellFormed();
  const forms = [
    text,
    JSON.stringify(text).slice(1, -1),
    Buffer.from(text).toString('base64'),
    encodeURIComponent(wellFormed),
    new URLSearchParams({ v: wellFormed }).toString().slice(2),
  ];
  return [...new Set(forms)].filter((form) => form.length >= shortest);
}
