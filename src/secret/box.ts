// The box a value lives in from the moment it is read: whatever prints, joins or serialises it shows `[redacted]`.

const redacted = '[redacted]';

/**
 * An opaque text. `reveal()` is for the target's write path, for templates and for the fingerprint;
 * everything else derives a new box or asks a yes-or-no question, and never sees the text.
 */
export class SecretBox {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    Object.freeze(this);
  }

  /** The text itself. */
  reveal(): string {
    return this.#text;
  }

  /** A box around what `transform` makes of the text. What `transform` throws must not carry the text. */
  derive(transform: (text: string) => string): SecretBox {
    return new SecretBox(transform(this.#text));
  }

  /** Whether the text meets a condition. */
  satisfies(condition: (text: string) => boolean): boolean {
    return condition(this.#text);
  }

  toString(): string {
    return redacted;
  }

  toJSON(): string {
    return redacted;
  }

  [Symbol.toPrimitive](): string {
    return redacted;
  }

  /** What `util.inspect` and `console.log` show. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return redacted;
  }
}
