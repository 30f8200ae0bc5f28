// The refusals of the API: a code, a sentence, and the parameter they are about.

const sentences: Readonly<Record<number, string>> = {
  1: 'Fatal error',
  2: 'Internal error',
  4: 'Database error',
  100: 'Authorization failed',
  101: 'Invalid arguments',
  102: "The 'cmd' parameter is missing",
  103: 'Unknown command',
  104: 'Forbidden command',
  107: 'Invalid application name',
  116: 'Invalid application id',
  127: 'Not enough money',
  134: 'The parameter is too long',
  162: 'Try again later',
  314: 'The limit of concurrent calls is reached',
  340: 'The rate limit is reached',
  416: 'Too many calls at once',
  447: 'Invalid token format',
  454: 'The lifetime of the token is too long',
  455: 'The token was issued in the future',
  456: 'The token has expired',
  458: 'Only one of two parameters may be given',
  484: 'The request was probably sent again automatically',
  485: 'A required parameter is missing',
  493: 'The value is not unique',
  496: 'Invalid parameter value',
  512: 'The same operation was requested too recently',
  558: 'Application not found',
};

/** A call that the API answers with an error object instead of a result. */
export class ApiRefusal extends Error {
  override readonly name = 'ApiRefusal';
  readonly code: number;
  /** The parameter at fault, as the vendor's optional `field_name` gives it. */
  readonly field: string | undefined;

  constructor(code: number, field?: string) {
    super(sentenceOf(code));
    this.code = code;
    this.field = field;
  }
}

/** The text that goes with a code. Clients match on the code, never on this. */
export function sentenceOf(code: number): string {
  return sentences[code] ?? `Error ${code}`;
}
