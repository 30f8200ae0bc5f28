// The vendor's own npm client, and the five calls that the scripts make with it.
import { createRequire } from 'node:module';
import type Vendor from '@voximplant/apiclient-nodejs';

const vendor: typeof Vendor = createRequire(import.meta.url)('@voximplant/apiclient-nodejs');

/** Never reached: `https_proxy` names the emulator, which takes whole URLs. */
const host = 'voximplant.invalid';
/** As many rows as one may hope for. */
const pageSize = 1000;
/** The code of the API for a secret that does not exist. */
const unknownSecret = 496;

export interface Listed {
  readonly name: string;
  readonly description: string;
}

export interface VendorApplication {
  /** Secrets whose name contains a text, or all. */
  list(part?: string): Promise<readonly Listed[]>;
  /** The value, or `undefined` when there is no such secret. */
  read(name: string): Promise<string | undefined>;
  add(name: string, value: string, description?: string): Promise<void>;
  set(name: string, value: string): Promise<void>;
  remove(name: string): Promise<void>;
}

/** An application by name, once the client has read its credentials. */
export async function openApplication(applicationName: string): Promise<VendorApplication> {
  const client = await new Promise<InstanceType<typeof vendor.default>>((resolve) => {
    const opened = new vendor.default({ host });
    opened.onReady = resolve;
  });
  const { Secrets } = client;
  return {
    async list(secretNamePart) {
      const rows: Listed[] = [];
      for (;;) {
        const place = { applicationName, count: pageSize, offset: rows.length };
        const page = checked(
          await Secrets.getSecrets(secretNamePart === undefined ? place : { ...place, secretNamePart }),
        );
        rows.push(
          ...page.result.map((row) => ({ name: row.secretName, description: row.description ?? '' })),
        );
        if (page.result.length === 0 || rows.length >= page.totalCount) return rows;
      }
    },
    async read(secretName) {
      const answer = await Secrets.getSecretValue(untyped({ applicationName, secretName }));
      if (answer.error?.code === unknownSecret) return undefined;
      return checked(answer).result[0]?.secretValue;
    },
    async add(secretName, secretValue, description = '') {
      checked(await Secrets.addSecret({ applicationName, secretName, secretValue, description }));
    },
    async set(secretName, secretValue) {
      checked(await Secrets.setSecretInfo(untyped({ applicationName, secretName, secretValue })));
    },
    async remove(secretName) {
      checked(await Secrets.delSecret(untyped({ applicationName, secretName })));
    },
  };
}

/** The client's types demand an id and a name at once; the API takes one of the two, as JavaScript would give it. */
function untyped(parameters: object) {
  return JSON.parse(JSON.stringify(parameters));
}

/** The client gives API errors back as answers. */
function checked<T extends { error?: { code?: number } }>(answer: T): T {
  if (answer.error !== undefined) throw new Error(`API error ${answer.error.code}`);
  return answer;
}
