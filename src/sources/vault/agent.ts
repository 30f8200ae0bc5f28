// The connections to one Vault: opened when first needed, so that a missing certificate file is no reason not to start.
import { readCredential, type Credential } from '../../credential.ts';
import { Agent } from '../../http.ts';
import type { SecretBox } from '../../secret/box.ts';
import type { VaultPlace } from './settings.ts';

export interface Connections {
  /** Throws `source-invalid` when the certificates cannot be read. */
  agent(): Promise<Agent>;
  /** Connects anew where the certificates have changed since, and tells whether; requests under way are finished. Throws as `agent` does. */
  refresh(): Promise<boolean>;
  close(): Promise<void>;
}

interface Certificates {
  readonly ca: SecretBox | undefined;
  readonly cert: SecretBox | undefined;
  readonly key: SecretBox | undefined;
}

interface Opened {
  readonly agent: Agent;
  readonly certificates: Certificates;
}

/** Keep-alive connections with the certificates and server name of the settings; at most `limit` of them. */
export function createConnections(place: VaultPlace, limit: number): Connections {
  let opened: Promise<Opened> | undefined;
  const open = (): Promise<Opened> => {
    const opening = readCertificates(place).then((certificates) => ({
      certificates,
      agent: new Agent({ connections: limit, connect: connectionOptions(place, certificates) }),
    }));
    opened = opening;
    opening.catch(() => {
      // The file may be there the next time.
      if (opened === opening) opened = undefined;
    });
    return opening;
  };
  return {
    agent: async () => (await (opened ?? open())).agent,
    refresh: async () => {
      const opening = opened;
      const before = await opening;
      if (before === undefined || areSame(before.certificates, await readCertificates(place))) return false;
      // Unless somebody else has done it meanwhile.
      if (opened === opening) {
        opened = undefined;
        // Not awaited: it waits for the requests under way.
        before.agent.close().catch(() => {});
      }
      return true;
    },
    close: async () => {
      const last = await opened?.catch(() => undefined);
      await last?.agent.destroy();
    },
  };
}

async function readCertificates({ id, settings: { ca, auth } }: VaultPlace): Promise<Certificates> {
  const read = async (credential: Credential | undefined, option: string): Promise<SecretBox | undefined> =>
    credential && readCredential(credential, `${id}: ${option}`);
  const { certificate, key } = auth.method === 'cert' ? auth : {};
  return {
    ca: await read(ca, 'ca'),
    cert: await read(certificate, 'auth.certificate'),
    key: await read(key, 'auth.key'),
  };
}

function areSame(one: Certificates, other: Certificates): boolean {
  return isSame(one.ca, other.ca) && isSame(one.cert, other.cert) && isSame(one.key, other.key);
}

function isSame(one: SecretBox | undefined, other: SecretBox | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.satisfies((text) => text === other.reveal());
}

function connectionOptions({ timeoutMs, settings: { serverName } }: VaultPlace, certificates: Certificates) {
  const { ca, cert, key } = certificates;
  return {
    timeout: timeoutMs,
    ...(ca !== undefined && { ca: ca.reveal() }),
    ...(cert !== undefined && { cert: cert.reveal() }),
    ...(key !== undefined && { key: key.reveal() }),
    ...(serverName !== undefined && { servername: serverName }),
  };
}
