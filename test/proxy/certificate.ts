// A certificate of its own making, for tests that speak TLS.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';

export interface Certificate {
  /** For NODE_EXTRA_CA_CERTS. */
  readonly file: string;
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Makes one that speaks for these hosts for a day. Gone at the end of the test. */
export async function makeCertificate(hosts: readonly string[]): Promise<Certificate> {
  const folder = await mkdtemp(path.join(tmpdir(), 'voxsync-certificate-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const [keyFile, file] = [path.join(folder, 'key.pem'), path.join(folder, 'certificate.pem')];
  const names = `subjectAltName=${hosts.map((host) => `DNS:${host}`).join(',')}`;
  const made = ['-keyout', keyFile, '-out', file, '-nodes', '-days', '1', '-newkey', 'rsa:2048'];
  await promisify(execFile)('openssl', [
    'req',
    '-x509',
    ...made,
    '-subj',
    `/CN=${hosts[0]}`,
    '-addext',
    names,
  ]);
  return { file, cert: await readFile(file), key: await readFile(keyFile) };
}
