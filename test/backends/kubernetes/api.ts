// Calls of the Kubernetes API, as an administrator of the cluster.
import { Agent, request } from 'undici';

type Method = 'GET' | 'POST' | 'DELETE';

export interface KubernetesApi {
  /**
   * One call; `path` is `/api/v1/namespaces`. Gives the answer's JSON. Rejects with the answer's text on any
   * error status.
   */
  call(method: Method, path: string, body?: object, signal?: AbortSignal): Promise<unknown>;
  close(): Promise<void>;
}

export interface Access {
  /** `https://127.0.0.1:PORT`. */
  readonly address: string;
  /** The certificates (PEM) to trust. */
  readonly ca: string;
  readonly token: string;
}

export function openApi({ address, ca, token }: Access): KubernetesApi {
  const dispatcher = new Agent({ connect: { ca } });
  return {
    call: async (method, path, body, signal) => {
      const answer = await request(`${address}${path}`, {
        method,
        dispatcher,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: body === undefined ? null : JSON.stringify(body),
        ...(signal !== undefined && { signal }),
      });
      const text = await answer.body.text();
      if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${text}`);
      return text.startsWith('{') ? JSON.parse(text) : undefined;
    },
    close: () => dispatcher.destroy(),
  };
}
