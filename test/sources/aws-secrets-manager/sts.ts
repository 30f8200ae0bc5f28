// What a proxy before moto saw of STS and Secrets Manager: which call, with which parameters, signed by whom.
import type { Fault, FaultyProxy, SeenRequest } from '../../proxy/faulty-proxy.ts';

/** A call, told apart by `operation`: `AssumeRole`, `ListSecrets`. */
export interface SeenCall {
  readonly operation: string;
  /** The access key id that signed it; empty when nobody did. */
  readonly key: string;
  readonly region: string;
  /** What STS was asked with. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** Writes down every call from now on; `fault` may answer in the place of moto. */
export function watch(
  proxy: FaultyProxy,
  fault: (call: SeenCall, request: SeenRequest) => Fault | undefined = () => undefined,
): SeenCall[] {
  const calls: SeenCall[] = [];
  proxy.misbehave((request) => {
    const call = callOf(request);
    calls.push(call);
    return fault(call, request);
  });
  return calls;
}

/** What a request is, as the proxy sees it. */
export function callOf({ amzTarget, body, headers }: SeenRequest): SeenCall {
  const [, key = '', region = ''] =
    /Credential=([^/]+)\/\d+\/([^/]+)\//.exec(headers.authorization ?? '') ?? [];
  const parameters = amzTarget === '' ? Object.fromEntries(new URLSearchParams(body)) : {};
  return { operation: amzTarget.split('.')[1] ?? parameters['Action'] ?? '', key, region, parameters };
}

/** An error as STS answers it, in XML. */
export function stsError(status: number, code: string, message = 'hunter2'): Fault {
  const body = `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`;
  return { kind: 'answer', status, headers: { 'content-type': 'text/xml' }, body };
}

/** Makes the credentials of an answer of STS last only so long from now on. */
export function lasting(milliseconds: number): Fault {
  const expiration = new Date(Date.now() + milliseconds).toISOString();
  const change = (body: string) => body.replace(/<Expiration>[^<]*</, `<Expiration>${expiration}<`);
  return { kind: 'rewrite', change };
}
