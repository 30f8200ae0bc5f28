// NODE_DEBUG makes Node itself print the headers of requests: who asks for credentials meanwhile shows his tokens, so nobody asks.
import { VoxsyncError } from '../../errors.ts';

/** The parts of Node that print requests or the options of connections. */
const talkative = ['http', 'https', 'net', 'tls'];

/**
 * Throws `config-invalid` while Node would print the token that credentials are asked for with. Keys from the
 * environment are asked for nowhere.
 */
export function refuseToBeHeard(id: string, profile: string | undefined): void {
  const { NODE_DEBUG, AWS_PROFILE, AWS_ACCESS_KEY_ID } = process.env;
  const isAskedFor = (profile ?? AWS_PROFILE) !== undefined || AWS_ACCESS_KEY_ID === undefined;
  if (!isAskedFor || !talkative.some((part) => isPrinted(part, NODE_DEBUG ?? ''))) return;
  throw new VoxsyncError('config-invalid', `${id}: NODE_DEBUG would print the tokens of AWS credentials`, {
    hint: `Unset NODE_DEBUG, or leave ${talkative.join(', ')} out of it; \`--log-level trace\` tells of requests without their tokens.`,
  });
}

/** As Node reads the variable: names between commas, in any case, `*` for any text. */
function isPrinted(part: string, variable: string): boolean {
  return variable.split(',').some((name) => {
    const words = name.split('*').map((word) => word.replaceAll(/[^\w]/g, String.raw`\$&`));
    return new RegExp(`^${words.join('.*')}$`, 'i').test(part);
  });
}
