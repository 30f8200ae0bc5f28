// From the content of a secret to the value that a reference asks for: the whole of it, a JSON key, or a JSON pointer.
import { parse, stringify, isLosslessNumber } from 'lossless-json';
import { VoxsyncError } from '../errors.ts';
import type { SecretBox } from '../secret/box.ts';
import type { ValueReference } from '../secret/reference.ts';
import type { Content } from './source.ts';

/** The value that the reference asks for. Throws `secret-invalid`, with a message that tells nothing of the content. */
export function selectValue(content: Content, reference: ValueReference): SecretBox {
  const { field } = reference;
  if (reference.encoding === 'base64') return encodeBase64(content, reference);
  if (content.form === 'base64') {
    throw invalid(
      reference,
      'is binary',
      'Add `encoding: base64` to the reference to write it as base64 text.',
    );
  }
  if (field === undefined) return content.box;
  return content.box.derive((text) =>
    scalarText(stepInto(parseObject(text, reference), pathOf(field), reference), reference),
  );
}

/** The names of the fields of a JSON secret, in their order. Throws `secret-invalid` when it is no JSON object. */
export function listFields(content: Content, reference: ValueReference): readonly string[] {
  if (content.form === 'base64') throw invalid(reference, 'is binary', 'Only JSON objects have fields.');
  let fields: readonly string[] = [];
  content.box.satisfies((text) => {
    fields = Object.keys(parseObject(text, reference));
    return true;
  });
  return fields;
}

function encodeBase64(content: Content, reference: ValueReference): SecretBox {
  if (reference.field !== undefined) {
    throw invalid(reference, 'is asked for as base64 and by field', 'Take either `encoding` or `field`.');
  }
  if (content.form === 'base64') return content.box;
  return content.box.derive((text) => Buffer.from(text, 'utf8').toString('base64'));
}

function parseObject(text: string, reference: ValueReference): object {
  let parsed: unknown;
  try {
    parsed = parse(text);
  } catch {
    // The parser's own message quotes the text, so it is not kept as a cause.
    throw invalid(
      reference,
      'is not JSON',
      'Leave `field` out to take the whole text, or store a JSON object.',
    );
  }
  if (isContainer(parsed)) return parsed;
  throw invalid(reference, 'is JSON, but no object', 'Leave `field` out to take the whole text.');
}

/** A key as it stands; a JSON pointer (RFC 6901) in its parts. */
function pathOf(field: string): readonly string[] {
  if (!field.startsWith('/')) return [field];
  const parts = field.slice(1).split('/');
  return parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function stepInto(root: object, path: readonly string[], reference: ValueReference): unknown {
  let place: unknown = root;
  for (const key of path) {
    if (!isContainer(place) || !Object.hasOwn(place, key)) {
      throw invalid(
        reference,
        'does not have this field',
        'Check the spelling; field names are case-sensitive.',
      );
    }
    place = Reflect.get(place, key);
  }
  return place;
}

/** Numbers and booleans as they were written. */
function scalarText(value: unknown, reference: ValueReference): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (isLosslessNumber(value)) return value.toString();
  if (value === null)
    throw invalid(reference, 'is null at this field', 'Store a text, a number or a boolean.');
  throw invalid(
    reference,
    'holds an object or a list at this field',
    'Point to one of its members with a JSON pointer: `field: /outer/inner`.',
  );
}

/** A JSON object or list as text, numbers as they were written. */
export function jsonText(value: unknown): string {
  return stringify(value) ?? 'null';
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !isLosslessNumber(value);
}

function invalid(reference: ValueReference, problem: string, hint: string): VoxsyncError {
  const field = reference.field === undefined ? '' : `, field ${JSON.stringify(reference.field)},`;
  const message = `${reference.source}: secret ${JSON.stringify(reference.secret)}${field} ${problem}`;
  return new VoxsyncError('secret-invalid', message, { hint });
}
