// The schemas of the sources: one member of the union for each kind that the config can name.
import * as z from 'zod/mini';
import { awsSchema } from './schema-aws.ts';
import { address, document, duration, host, text } from './schema-values.ts';
import { described, optional, transformed, withDefault } from './schema-words.ts';

const mountPath = (method: string) =>
  withDefault(text(), method, 'Where the auth method is mounted, without `auth/`.');

const vaultAuthSchema = z.discriminatedUnion('method', [
  z.strictObject({
    method: described(z.literal('token'), 'A token that somebody else issues and renews.'),
    token: described(document(), 'The token.'),
  }),
  z.strictObject({
    method: described(z.literal('approle'), 'An AppRole.'),
    roleId: described(text(), 'The role id; it is no secret.'),
    secretId: described(document(), 'The secret id, or with `wrapped` the wrapping token that gives it.'),
    wrapped: withDefault(z.boolean(), false, 'Whether `secretId` holds a wrapping token, opened once.'),
    mountPath: mountPath('approle'),
  }),
  z.strictObject({
    method: described(z.literal('kubernetes'), 'A service account of Kubernetes.'),
    role: described(text(), 'The role to log in for.'),
    token: withDefault(
      document(),
      { file: '/var/run/secrets/kubernetes.io/serviceaccount/token' },
      'The token of the service account; read anew at each login.',
    ),
    mountPath: mountPath('kubernetes'),
  }),
  z.strictObject({
    method: described(z.literal('jwt'), 'A signed token, such as the OIDC token of a CI job.'),
    role: described(text(), 'The role to log in for.'),
    token: described(document(), 'The signed token; read anew at each login.'),
    mountPath: mountPath('jwt'),
  }),
  z.strictObject({
    method: described(z.literal('cert'), 'A TLS client certificate.'),
    role: optional(text(), 'The certificate role; Vault tries all of them when not given.'),
    certificate: described(document(), 'The certificate (PEM), with those of authorities in between.'),
    key: described(document(), 'The key of the certificate (PEM, not encrypted).'),
    mountPath: mountPath('cert'),
  }),
  z.strictObject({
    method: described(z.literal('userpass'), 'A user name and a password.'),
    username: described(text(), 'The user name.'),
    password: described(document(), 'The password.'),
    mountPath: mountPath('userpass'),
  }),
  z.strictObject({
    method: described(
      z.literal('none'),
      'Nothing is sent: a Vault Agent or Proxy at `address` has its own token.',
    ),
  }),
]);
/** How voxsync logs in to Vault. */
export type VaultAuth = z.output<typeof vaultAuthSchema>;

const vaultSchema = transformed(
  z.strictObject({
    kind: described(z.literal('vault'), 'HashiCorp Vault or OpenBao, key-value engine.'),
    address: described(address(), 'Address of the server; plain http only to a loopback address.'),
    mount: withDefault(text(), 'secret', 'Mount of the key-value engine.'),
    kvVersion: optional(z.literal([1, 2]), 'Version of the engine; detected when not given.'),
    namespace: optional(text(), 'Namespace (Vault Enterprise, OpenBao).'),
    ca: optional(document(), "The certificate authorities to trust (PEM), in place of the system's."),
    serverName: optional(text(), 'Name that the certificate must carry, where it is not that of `address`.'),
    redirectHosts: withDefault(
      z.array(host()),
      [],
      'Hosts of the cluster that redirects may lead to, with the token; without a port, on that of `address`.',
    ),
    timeout: optional(duration(), 'How long one call may take; 15s when not given.'),
    auth: described(vaultAuthSchema, 'How to log in.'),
  }),
  ({ timeout, ...rest }) => ({ ...rest, timeoutMs: timeout }),
);

const trim = () =>
  withDefault(
    z.enum(['none', 'newline']),
    'none',
    'What is taken off the end of each text: nothing, or one line end (LF or CRLF).',
  );

const fileSchema = z.strictObject({
  kind: described(z.literal('file'), 'One local file; its top-level keys are the secrets.'),
  path: described(text(), 'Path of the file.'),
  format: optional(
    z.enum(['yaml', 'json', 'dotenv']),
    'Format of the file; by its name when not given (`.json`, `.env`, else YAML).',
  ),
  trim: trim(),
});

const directorySchema = z.strictObject({
  kind: described(
    z.literal('directory'),
    'A directory, such as a mounted Kubernetes Secret; each file is a secret.',
  ),
  path: described(text(), 'Path of the directory.'),
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
