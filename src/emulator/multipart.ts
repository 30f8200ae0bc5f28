// multipart/form-data as the vendor's clients send it, taken apart by hand; everything is text, files included.
// `Request.formData()` refuses unquoted part names (.NET) and reads every part as UTF-8 (Java sends ISO-8859-1).

const lineEnd = Buffer.from('\r\n');
const headEnd = Buffer.from('\r\n\r\n');

/** A body that is not what its Content-Type says. */
export class MalformedBody extends Error {
  override readonly name = 'MalformedBody';
}

/** The fields of a multipart body, in order. Throws `MalformedBody`. */
export function parseMultipart(body: Buffer, contentType: string): [name: string, value: string][] {
  const boundary = headerParameter(contentType, 'boundary');
  if (boundary === undefined || boundary === '') throw new MalformedBody('no boundary');
  // With a line end before it, the first boundary is found like all the others.
  const parts = split(Buffer.concat([lineEnd, body]), Buffer.from(`\r\n--${boundary}`));
  const last = parts.pop();
  if (parts.length === 0 || last === undefined || !last.subarray(0, 2).equals(Buffer.from('--'))) {
    throw new MalformedBody('no closing boundary');
  }
  return parts.slice(1).map(parsePart);
}

function split(bytes: Buffer, separator: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  let start = 0;
  for (let end = bytes.indexOf(separator); end >= 0; end = bytes.indexOf(separator, start)) {
    pieces.push(bytes.subarray(start, end));
    start = end + separator.length;
  }
  pieces.push(bytes.subarray(start));
  return pieces;
}

function parsePart(part: Buffer): [string, string] {
  const end = part.indexOf(headEnd);
  if (end < 0) throw new MalformedBody('a part without a head');
  const headers = parseHead(part.subarray(0, end).toString('utf8'));
  const name = headerParameter(headers.get('content-disposition') ?? '', 'name');
  if (name === undefined) throw new MalformedBody('a part without a name');
  return [name, decode(part.subarray(end + headEnd.length), headers.get('content-type'))];
}

function parseHead(head: string): ReadonlyMap<string, string> {
  const lines = head.split('\r\n').filter((line) => line.includes(':'));
  return new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
}

function decode(bytes: Buffer, contentType: string | undefined): string {
  const charset = headerParameter(contentType ?? '', 'charset')?.toLowerCase();
  return bytes.toString(charset === 'iso-8859-1' || charset === 'latin1' ? 'latin1' : 'utf8');
}

/** `name` of `form-data; name="a"`, quoted or not. */
function headerParameter(header: string, name: string): string | undefined {
  const found = new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]*))`, 'i').exec(header);
  return found?.[1]?.replaceAll(/\\(.)/g, '$1') ?? found?.[2];
}
