// Connections that fail, told for the person who has to mend them.
import { kindOf, VoxsyncError } from '../../errors.ts';

interface Telling {
  readonly problem: string;
  readonly hint: string;
}

const unknownAuthority: Telling = {
  problem: 'shows a certificate of an authority that is not trusted',
  hint: "Give the authority's certificate as `ca: { file: … }`, or mend the certificate of Vault.",
};

const badPem: Telling = {
  problem: 'was not asked, because `ca`, or `certificate` or `key` of `auth`, cannot be read',
  hint: 'Give certificates and keys in PEM form, the key without a passphrase.',
};

/** By system and TLS error codes; what is not here is told by its code. */
const tellings: Readonly<Record<string, Telling>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownAuthority,
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
  CERT_HAS_EXPIRED: {
    problem: 'shows a certificate that has expired',
    hint: 'Renew the certificate of Vault, and check the clock of this machine.',
  },
  CERT_NOT_YET_VALID: {
    problem: 'shows a certificate that is not valid yet',
    hint: 'Check the clock of this machine.',
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    problem: 'shows a certificate for another name',
    hint: 'Use the name in the certificate as the host of `address`, or give it as `serverName`.',
  },
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: {
    problem: 'was not asked, because `key` is not the key of `certificate`',
    hint: 'Give the two that belong together; replace both files at once.',
  },
  ERR_SSL_WRONG_VERSION_NUMBER: {
    problem: 'does not speak TLS',
    hint: 'Check the port, and whether `address` should begin with http: instead of https:.',
  },
  ERR_SSL_PACKET_LENGTH_TOO_LONG: {
    problem: 'does not speak TLS',
    hint: 'Check the port, and whether `address` should begin with http: instead of https:.',
  },
};

export interface FailedConnection {
  readonly thrown: unknown;
  /** Whether the certificates have changed since, so that trying again may help. */
  readonly isRenewed: boolean;
}

/** A failed connection as `source-unreachable`. What trying again cannot mend is not retryable. */
export function connectionFailure(
  id: string,
  origin: string,
  { thrown, isRenewed }: FailedConnection,
): VoxsyncError {
  const kind = kindOf(thrown);
  // Whatever else OpenSSL says of our own files; what it says of a connection begins with ERR_SSL.
  const telling = tellings[kind] ?? (/^ERR_(?:OSSL_|MISSING_PASSPHRASE)/.test(kind) ? badPem : undefined);
  if (telling === undefined) {
    return new VoxsyncError('source-unreachable', `${id}: ${origin} cannot be reached: ${kind}`);
  }
  const message = `${id}: ${origin} ${telling.problem} (${kind})`;
  return new VoxsyncError('source-unreachable', message, { hint: telling.hint, retryable: isRenewed });
}
