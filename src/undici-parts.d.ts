// Types for the files of undici that are imported one by one; undici types only the whole.
declare module 'undici/lib/dispatcher/agent.js' {
  import { Agent } from 'undici';
  export default Agent;
}

declare module 'undici/lib/api/api-request.js' {
  import type { Dispatcher } from 'undici';
  const sendRequest: (
    this: Dispatcher,
    options: Dispatcher.RequestOptions,
  ) => Promise<Dispatcher.ResponseData>;
  export default sendRequest;
}

declare module 'undici/lib/dispatcher/pool.js' {
  import { Pool } from 'undici';
  export default Pool;
}

declare module 'undici/lib/core/symbols.js' {
  const symbols: { readonly kConnect: unique symbol };
  export default symbols;
}

declare module 'undici/lib/dispatcher/client.js' {
  import type { Client } from 'undici';
  import type symbols from 'undici/lib/core/symbols.js';
  /** With what the whole keeps to itself. */
  export default class ConnectingClient extends Client {
    /** Opens the connection before there is a request for it. */
    [symbols.kConnect](onConnect: () => void): void;
  }
}
