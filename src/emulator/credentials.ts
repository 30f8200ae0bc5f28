// Credentials of an emulated account: a fresh key pair in the form the control panel hands out, and the file that holds it.
import { generateKeyPair, randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/** In every credentials file of an emulator, so that nobody takes it for a real one. */
export const emulatorEmail = 'emulator@example.com';

/** The contents of `credentials.json`, in the vendor's own spelling. */
export interface Credentials {
  readonly account_email: string;
  readonly account_id: number;
  readonly key_id: string;
  /** RSA 2048, PKCS#8 PEM. */
  readonly private_key: string;
}

/** Makes a key pair for an account. */
export async function generateCredentials(accountId: number, email: string): Promise<Credentials> {
  return {
    account_email: email,
    account_id: accountId,
    key_id: randomUUID(),
    private_key: await generatePrivateKey(),
  };
}

function generatePrivateKey(): Promise<string> {
  const encoding = {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  } as const;
  return new Promise((resolve, reject) => {
    generateKeyPair('rsa', encoding, (error, _publicKey, privateKey) => {
      if (error) reject(error);
      else resolve(privateKey);
    });
  });
}

/** Writes `credentials.json`, readable by its owner only. A reader sees the old file or the whole new one, never a part. */
export async function writeCredentialsFile(file: string, credentials: Credentials): Promise<void> {
  const draft = path.join(path.dirname(file), `.${path.basename(file)}.${randomUUID()}`);
  const handle = await open(draft, 'wx', 0o600);
  try {
    try {
      await handle.writeFile(`${JSON.stringify(credentials, undefined, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
