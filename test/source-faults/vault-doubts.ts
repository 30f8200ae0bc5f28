// The ways in which Vault or OpenBao cannot be believed, for either version of its KV engine.
import type { Fault, Matcher, SeenRequest } from '../proxy/faulty-proxy.ts';
import type { Doubt, Mend } from './doubt.ts';
import { kinds, type Permission, type VaultGround } from './vault.ts';

/** Verdicts where everything is as it should be, and where nothing can be had. */
const good = '0 in-sync in-sync in-sync';
const updated = '0 source-changed source-changed source-changed';
const unavailable = 'source-unavailable absence-unproven absence-unproven';
/** Names are told, and what would be discovered is not. */
const undiscovered = {
  unchanged: '0 in-sync absence-unproven absence-unproven',
  rotated: '0 source-changed absence-unproven absence-unproven',
};

const answer = (status: number, body: unknown): Fault => ({ kind: 'answer', status, body });
export const html = (status: number): Fault => ({
  kind: 'answer',
  status,
  headers: { 'content-type': 'text/html' },
  body: '<html>sign in</html>',
});

const always =
  (fault: Fault): Matcher =>
  () =>
    fault;
/** The listings of discoveries. */
const listings =
  (fault: Fault): Matcher =>
  ({ path }) =>
    /\/(?:found|all)\/?\?list=1/.test(path) ? fault : undefined;
/** Whatever is asked of the KV engine. */
const engine =
  (fault: Fault): Matcher =>
  ({ path }) =>
    /^\/v1\/(?:secret|kv1)\//.test(path) ? fault : undefined;

type Maker = (vault: () => VaultGround) => readonly Doubt[];

function behindProxy(vault: () => VaultGround) {
  return (name: string, matcher: Matcher, rest: Omit<Doubt, 'name' | 'strike'>): Doubt => ({
    name,
    strike: () => {
      const { proxy } = vault();
      // The matchers count.
      proxy.forget();
      proxy.misbehave(matcher);
      return () => proxy.forget();
    },
    ...rest,
  });
}

/** Both with the same verdict. */
const both = (verdict: string): Pick<Doubt, 'unchanged' | 'rotated'> => ({
  unchanged: verdict,
  rotated: verdict,
});

const impatient = { source: { timeout: '300ms' } };

/** What happens to a server, or on the way to it. */
export const outages: Maker = (vault) => {
  const doubt = behindProxy(vault);
  return [
    {
      name: 'is sealed',
      strike: async (): Promise<Mend> => {
        await vault().seal();
        return () => vault().unseal();
      },
      unchanged: `6 ${unavailable}`,
      says: /tested: .*Vault is sealed.*\n +hint: +Unseal it/,
    },
    doubt('is a standby that refuses', always(answer(473, { errors: [] })), {
      ...both(`6 ${unavailable}`),
      says: /performance standby .*\n +hint: .*active node/,
    }),
    doubt(
      'asks for fewer requests for a while',
      ({ earlier }) => (earlier < 1 ? answer(429, {}) : undefined),
      {
        unchanged: good,
        rotated: updated,
      },
    ),
    doubt('asks for fewer requests for good', always(answer(429, { errors: ['quota'] })), {
      ...both(`6 ${unavailable}`),
      says: /tested: Vault asks for fewer requests/,
    }),
    doubt('does not answer', always({ kind: 'hang' }), {
      ...both(`6 ${unavailable}`),
      changes: impatient,
      says: /did not answer within 0\.3 s/,
    }),
    doubt('resets connections', always({ kind: 'reset' }), {
      ...both(`6 ${unavailable}`),
      says: /cannot be reached/,
    }),
    doubt('breaks its answers off', always({ kind: 'cut', bytes: 10 }), both(`6 ${unavailable}`)),
    doubt('fails below its mount', engine(answer(500, { errors: ['internal error'] })), {
      ...both(`6 ${unavailable}`),
      says: /Vault failed to (?:read|list) secret\/(?:detailed-)?metadata\/s\d+\/named\/.*\n +hint: .*log of Vault/,
    }),
    doubt('fails', always(answer(500, { errors: ['internal error'] })), both(`6 ${unavailable}`)),
    doubt('is behind a gateway that is down', always(html(502)), both(`6 ${unavailable}`)),
    doubt('is behind a page to sign in', always(html(200)), {
      ...both(`3 ${unavailable}`),
      says: /is not JSON, so it is not Vault's/,
    }),
  ];
};

/** What is no proof that something is not there. */
export const silences: Maker = (vault) => {
  const doubt = behindProxy(vault);
  return [
    doubt('gives pages in the place of a 404', engine(html(404)), both(`3 ${unavailable}`)),
    doubt('knows no such mount', engine(answer(404, { errors: ['no handler for route'] })), {
      ...both(`3 ${unavailable}`),
      says: /Vault knows no path for .*\n +hint: .*`mount`/,
    }),
    doubt('says 404 and not why', engine(answer(404, {})), both(`3 ${unavailable}`)),
  ];
};

/** What a listing leaves out. */
export const gaps: Maker = (vault) => {
  const doubt = behindProxy(vault);
  const without = (end: string) => (body: string) => {
    const { data } = JSON.parse(body);
    if (data?.keys === undefined) return body;
    return JSON.stringify({ data: { ...data, keys: data.keys.filter((key: string) => !key.endsWith(end)) } });
  };
  return [
    doubt('lists nothing', listings(answer(404, { errors: [] })), undiscovered),
    doubt('lists less', listings({ kind: 'rewrite', change: without('two') }), {
      unchanged: '0 in-sync in-sync/absence-unproven in-sync',
      rotated: '0 source-changed source-changed/absence-unproven source-changed',
    }),
    doubt('lists what is no list', listings(answer(200, { data: {} })), {
      unchanged: '3 in-sync absence-unproven absence-unproven',
      rotated: '3 source-changed absence-unproven absence-unproven',
      says: /(?:found|all).* is not a listing/,
    }),
  ];
};

/** The tokens of logins end, and the logins themselves. */
export const loginEndings: Maker = (vault) => [
  {
    name: 'revokes the tokens of all logins',
    strike: async (): Promise<Mend> => {
      await vault().admin.call('POST', 'sys/leases/revoke-prefix/auth/approle', {});
      return () => {};
    },
    unchanged: good,
    rotated: updated,
  },
  {
    name: 'knows the secret id no more',
    strike: async (): Promise<Mend> => {
      await vault().spoilSecretId();
      return () => vault().issueSecretId();
    },
    // What is logged in stays so, and who comes anew is refused.
    unchanged: good,
    rotated: `4 ${unavailable}`,
    says: /Vault refused the login at auth\/approle\/login .*\n +hint: .*`secretId`/,
  },
];

/** A given token that ends. */
export const tokenEndings: Maker = (vault) => [
  {
    name: 'revokes a given token',
    strike: async (): Promise<Mend> => {
      await vault().revokeToken();
      return () => vault().issueToken();
    },
    ...both(`4 ${unavailable}`),
    says: /does not tell the version .* to the token in the file .*\n +hint: .*token is valid/,
  },
];

/** What a policy does not allow any more, in KV version 2. */
export const denials2: Maker = (vault) => [
  {
    name: 'forbids to list',
    strike: withPolicies(vault, 'metadata', 'data'),
    unchanged: '4 in-sync absence-unproven absence-unproven',
    rotated: '4 source-changed absence-unproven absence-unproven',
    says: /Vault refused to list secret\/metadata\/s\d+\/found\/ .*\n +hint: .*`list` on `secret\/metadata\/s\d+\/found\/`/,
  },
  {
    name: 'forbids metadata',
    strike: withPolicies(vault, 'list', 'data'),
    unchanged: good,
    rotated: updated,
  },
  {
    name: 'forbids values',
    strike: withPolicies(vault, 'list', 'metadata'),
    unchanged: good,
    rotated: '4 source-unavailable source-unavailable absence-unproven',
    says: /Vault refused to read secret\/data\/s\d+\/named\/one .*\n +hint: .*`read` on `secret\/data/,
  },
  {
    name: 'forbids everything',
    strike: withPolicies(vault),
    ...both(`4 ${unavailable}`),
    says: /does not tell the version .* to the AppRole of .*\n +hint: .*its policies allow/,
  },
];

/** The same in KV version 1, where to look is to read. */
export const denials1: Maker = (vault) => [
  {
    name: 'forbids to list',
    strike: withPolicies(vault, 'metadata', 'data'),
    unchanged: '4 in-sync absence-unproven absence-unproven',
    rotated: '4 source-changed absence-unproven absence-unproven',
    says: /Vault refused to list kv1\/s\d+\/found\/ /,
  },
  {
    name: 'forbids values',
    strike: withPolicies(vault, 'list', 'metadata'),
    ...both(`4 ${unavailable}`),
    says: /Vault refused to read kv1\/s\d+\/named\/one .*\n +hint: .*`read` on `kv1/,
  },
];

function withPolicies(vault: () => VaultGround, ...granted: readonly Permission[]): () => Promise<Mend> {
  return async () => {
    await vault().allow(...granted);
    return () => vault().allow(...kinds);
  };
}

/** Whether a request asks for what a standby that lags behind would tell of the past. */
export function looks({ path }: SeenRequest): string | undefined {
  return /\/metadata\/|detailed-metadata|\?list=1/.test(path) ? path : undefined;
}
