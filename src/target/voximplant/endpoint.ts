// The address of the API: https, or plain http to this machine only, since every call carries a token and many carry values.
import { VoxsyncError } from '../../errors.ts';

const productionEndpoint = 'https://api.voximplant.com/platform_api';

/** The endpoint without a slash at its end. Throws `config-invalid`. */
export function readEndpoint(endpoint: string | undefined): string {
  const text = endpoint ?? productionEndpoint;
  if (!URL.canParse(text)) throw invalid('is no URL');
  const url = new URL(text);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    throw invalid('must be https; plain http is allowed to a loopback address only');
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw invalid('may hold a host, a port and a path, nothing else');
  }
  return url.href.replace(/\/+$/, '');
}

function invalid(problem: string): VoxsyncError {
  return new VoxsyncError('config-invalid', `endpoint ${problem}`, {
    hint: `Give an address such as ${productionEndpoint}.`,
  });
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
