// The connections to one Vault: opened when first needed, so that a missing certificate file is no reason not to start.
import { Agent } from 'undici';
import { readCredential } from '../../credential.ts';
import type { VaultPlace } from './settings.ts';

export interface Connections {
  /** Throws `source-invalid` when the certificates cannot be read. */
  agent(): Promise<Agent>;
  close(): Promise<void>;
}

/** Keep-alive connections with the CA and server name of the settings; at most `limit` of them. */
export function createConnections(place: VaultPlace, limit: number): Connections {
  let opened: Promise<Agent> | undefined;
  const open = async (): Promise<Agent> => {
    const { ca, serverName } = place.settings;
    const pem = ca === undefined ? undefined : await readCredential(ca, `${place.id}: ca`);
    return new Agent({
      connections: limit,
      connect: {
        timeout: place.timeoutMs,
        ...(pem !== undefined && { ca: pem.reveal() }),
        ...(serverName !== undefined && { servername: serverName }),
      },
    });
  };
  const agent = (): Promise<Agent> => {
    opened ??= open().catch((error: unknown) => {
      // The file may be there the next time.
      opened = undefined;
      throw error;
    });
    return opened;
  };
  const close = async (): Promise<void> => {
    const connections = await opened?.catch(() => undefined);
    await connections?.destroy();
  };
  return { agent, close };
}
