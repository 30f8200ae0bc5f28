// The second line of defence of the log: values that were read in this pass are struck out of every line, whatever put them there.
import type { SecretBox } from '../secret/box.ts';

/** Shorter values would strike out half of the words; they are left to the box. */
const shortest = 8;
const redacted = '[redacted]';

/** Knows the values of a pass, as they are and as JSON, base64 and URLs write them. */
export class Mask {
  /** By their first eight characters, so that a line costs its own length and not the number of values. */
  readonly #forms = new Map<string, string[]>();

  add(value: SecretBox): void {
    value.satisfies((text) => {
      for (const form of formsOf(text)) this.#addForm(form);
      return true;
    });
  }

  /** Forgets all values; the next pass brings its own. */
  clear(): void {
    this.#forms.clear();
  }

  /** The line without any value. */
  apply(line: string): string {
    if (this.#forms.size === 0) return line;
    let masked = '';
    let at = 0;
    while (at < line.length) {
      const form = this.#formAt(line, at);
      masked += form === undefined ? line.charAt(at) : redacted;
      at += form?.length ?? 1;
    }
    return masked;
  }

  #addForm(form: string): void {
    const start = form.slice(0, shortest);
    const forms = this.#forms.get(start);
    if (forms === undefined) this.#forms.set(start, [form]);
    else if (!forms.includes(form)) forms.push(form);
  }

  #formAt(line: string, at: number): string | undefined {
    return this.#forms.get(line.slice(at, at + shortest))?.find((form) => line.startsWith(form, at));
  }
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
