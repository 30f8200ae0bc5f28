// The schemas of the sources: one member of the union for each kind that the config can name.
import * as z from 'zod';
import { awsSchema } from './schema-aws.ts';
import { address, document, duration, host, text } from './schema-values.ts';

const mountPath = (method: string) =>
  text().default(method).describe('Where the auth method is mounted, without `auth/`.');

const vaultAuthSchema = z.discriminatedUnion('method', [
  z.strictObject({
    method: z.literal('token').describe('A token that somebody else issues and renews.'),
    token: document().describe('The token.'),
  }),
  z.strictObject({
    method: z.literal('approle').describe('An AppRole.'),
    roleId: text().describe('The role id; it is no secret.'),
    secretId: document().describe('The secret id, or with `wrapped` the wrapping token that gives it.'),
    wrapped: z.boolean().default(false).describe('Whether `secretId` holds a wrapping token, opened once.'),
    mountPath: mountPath('approle'),
  }),
  z.strictObject({
    method: z.literal('kubernetes').describe('A service account of Kubernetes.'),
    role: text().describe('The role to log in for.'),
    token: document()
      .default({ file: '/var/run/secrets/kubernetes.io/serviceaccount/token' })
      .describe('The token of the service account; read anew at each login.'),
    mountPath: mountPath('kubernetes'),
  }),
  z.strictObject({
    method: z.literal('jwt').describe('A signed token, such as the OIDC token of a CI job.'),
    role: text().describe('The role to log in for.'),
    token: document().describe('The signed token; read anew at each login.'),
    mountPath: mountPath('jwt'),
  }),
  z.strictObject({
    method: z.literal('cert').describe('A TLS client certificate.'),
    role: text().optional().describe('The certificate role; Vault tries all of them when not given.'),
    certificate: document().describe('The certificate (PEM), with those of authorities in between.'),
    key: document().describe('The key of the certificate (PEM, not encrypted).'),
    mountPath: mountPath('cert'),
  }),
  z.strictObject({
    method: z.literal('userpass').describe('A user name and a password.'),
    username: text().describe('The user name.'),
    password: document().describe('The password.'),
    mountPath: mountPath('userpass'),
  }),
  z.strictObject({
    method: z
      .literal('none')
      .describe('Nothing is sent: a Vault Agent or Proxy at `address` has its own token.'),
  }),
]);
/** How voxsync logs in to Vault. */
export type VaultAuth = z.output<typeof vaultAuthSchema>;

const vaultSchema = z
  .strictObject({
    kind: z.literal('vault').describe('HashiCorp Vault or OpenBao, key-value engine.'),
    address: address().describe('Address of the server; plain http only to a loopback address.'),
    mount: text().default('secret').describe('Mount of the key-value engine.'),
    kvVersion: z.literal([1, 2]).optional().describe('Version of the engine; detected when not given.'),
    namespace: text().optional().describe('Namespace (Vault Enterprise, OpenBao).'),
    ca: document()
      .optional()
      .describe("The certificate authorities to trust (PEM), in place of the system's."),
    serverName: text()
      .optional()
      .describe('Name that the certificate must carry, where it is not that of `address`.'),
    redirectHosts: z
      .array(host())
      .default([])
      .describe(
        'Hosts of the cluster that redirects may lead to, with the token; without a port, on that of `address`.',
      ),
    timeout: duration().optional().describe('How long one call may take.'),
    auth: vaultAuthSchema.describe('How to log in.'),
  })
  .transform(({ timeout, ...rest }) => ({ ...rest, timeoutMs: timeout }));

const trim = () =>
  z
    .enum(['none', 'newline'])
    .default('none')
    .describe('What is taken off the end of each text: nothing, or one line end (LF or CRLF).');

const fileSchema = z.strictObject({
  kind: z.literal('file').describe('One local file; its top-level keys are the secrets.'),
  path: text().describe('Path of the file.'),
  format: z
    .enum(['yaml', 'json', 'dotenv'])
    .optional()
    .describe('Format of the file; by its name when not given (`.json`, `.env`, else YAML).'),
  trim: trim(),
});

const directorySchema = z.strictObject({
  kind: z
    .literal('directory')
    .describe('A directory, such as a mounted Kubernetes Secret; each file is a secret.'),
  path: text().describe('Path of the directory.'),
  trim: trim(),
});

export const sourceSettingsSchema = z.discriminatedUnion('kind', [
  awsSchema,
  vaultSchema,
  fileSchema,
  directorySchema,
]);
/** A source, by its `kind`. Paths are absolute once loaded. */
export type SourceSettings = z.output<typeof sourceSettingsSchema>;
