// The suite for Vault and for OpenBao: what passes make of it when it is sealed, refuses, forgets a token, lists less than there is, or answers nonsense.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { describeWithBackend } from '../backends/suite.ts';
import { testAbsence, type Way } from './absence.ts';
import { testDoubts } from './doubt.ts';
import { createMemory } from './lag.ts';
import { expectAtRest, expectVerdict } from './passes.ts';
import { openScene, type Ground } from './scene.ts';
import { sweep, type Strike } from './sweep.ts';
import { openVault, type VaultGround } from './vault.ts';
import {
  denials1,
  denials2,
  gaps,
  html,
  loginEndings,
  looks,
  outages,
  silences,
  tokenEndings,
} from './vault-doubts.ts';

export function testVault(name: 'vault' | 'openbao'): void {
  describeWithBackend(name, name, () => {
    let vault: VaultGround;
    const current = () => vault;
    beforeAll(async () => {
      vault = await openVault(name);
    });
    afterEach(() => vault.proxy.forget());
    afterAll(() => vault.stop());
    const givenToken = async (): Promise<Ground> => {
      await vault.issueToken();
      return vault.withGivenToken(vault.kv2);
    };

    describe('in doubt, KV version 2', () => {
      const sets = [gaps, denials2, loginEndings, silences, outages];
      testDoubts(
        () => vault.kv2,
        sets.flatMap((of) => of(current)),
      );
      testDoubts(givenToken, tokenEndings(current));
    });
    describe('in doubt, KV version 1', () => {
      const sets = [gaps, denials1, silences];
      testDoubts(
        () => vault.kv1,
        sets.flatMap((of) => of(current)),
      );
    });
    describe('a standby that lags behind', () => {
      testLag(current);
    });
    describe('in the middle of a pass', () => {
      testMiddle(current, givenToken);
    });
    describe('an absence, KV version 2', () => {
      testAbsence(() => vault.kv2, waysOf2(current));
    });
    describe('an absence, KV version 1', () => {
      testAbsence(() => vault.kv1, waysOf1(current));
    });
  });
}

function testLag(vault: () => VaultGround): void {
  test('catches up, and falls behind again: late, but never wrong', async () => {
    const { admin, kv2, proxy } = vault();
    const { record, replay } = createMemory(looks);
    const scene = await openScene(kv2);
    proxy.misbehave(record);
    expect((await scene.pass()).exitCode).toBe(0);
    await scene.rotate();
    await kv2.put({ [scene.pathOf('found', 'new')]: { value: 'new' } });
    await admin.call('DELETE', `secret/data/${scene.pathOf('found', 'two')}`);

    proxy.misbehave(replay);
    expectAtRest(await scene.pass());
    expect(scene.generations()).toEqual(new Set([1]));

    proxy.forget();
    const caughtUp = await scene.pass();
    expectVerdict(caughtUp, '0 source-changed source-changed/no-longer-desired source-changed');
    expect(scene.emulator.state.readValue('app', 'FOUND_NEW')).toBe('new');
    const before = scene.contents();

    proxy.misbehave(replay);
    const behind = await scene.pass();
    expectVerdict(behind, '0 in-sync in-sync/not-decided in-sync');
    expect(behind.writes).toBe(0);
    expect(behind.reasons.get('FOUND_NEW')).toBe('absence-unproven');
    expect(scene.contents()).toEqual(before);
  });

  test('a secret that it does not know yet is marked, and cleared when it knows it', async () => {
    const { kv2, proxy } = vault();
    const scene = await openScene(kv2, { prune: { grace: '15m' } });
    expect((await scene.pass()).exitCode).toBe(0);
    const named = `/metadata/${scene.pathOf('named', 'one')}`;
    const unknown = { kind: 'answer', status: 404, body: { errors: [] } } as const;
    proxy.misbehave(({ path }) => (path.endsWith(named) || path.includes('detailed') ? unknown : undefined));
    expect(await scene.pass()).toMatchObject({ exitCode: 3, valuesWritten: 0 });
    expect(scene.absentSince('NAMED_ONE')).toBeGreaterThan(0);
    proxy.forget();
    expect(await scene.pass()).toMatchObject({ exitCode: 0, writes: 1, valuesWritten: 0 });
    expect(scene.absentSince('NAMED_ONE')).toBe(0);
  });
}

function testMiddle(vault: () => VaultGround, givenToken: () => Promise<Ground>): void {
  const once =
    (fault: ReturnType<Strike['fault']>): Strike['fault'] =>
    (sinceThen) =>
      sinceThen === 0 ? fault : undefined;
  /** The request, and what follows, go on when this has happened. */
  const after =
    (work: () => Promise<unknown>): Strike['fault'] =>
    (sinceThen) =>
      sinceThen === 0 ? { kind: 'after', event: work() } : undefined;
  const answer = (status: number, ...errors: readonly string[]) =>
    ({ kind: 'answer', status, body: { errors } }) as const;
  const revokeLogins = () => vault().admin.call('POST', 'sys/leases/revoke-prefix/auth/approle', {});

  const strikes: readonly [string, Strike][] = [
    [
      'it is sealed',
      { fault: after(() => vault().seal()), mend: () => vault().unseal(), exitCodes: [0, 6], step: 5 },
    ],
    [
      'the policies are removed',
      {
        fault: after(() => vault().allow()),
        mend: () => vault().allow('list', 'metadata', 'data'),
        exitCodes: [0, 4],
      },
    ],
    ['the token of a login is revoked', { fault: after(revokeLogins), exitCodes: [0] }],
    [
      'one request is forbidden',
      { fault: once(answer(403, 'permission denied')), exitCodes: [0, 4], step: 2 },
    ],
    [
      'one request is not found',
      { fault: once(answer(404, 'no handler for route')), exitCodes: [0, 3, 4], first: 1, step: 2 },
    ],
    ['one request gets a page', { fault: once(html(200)), exitCodes: [0, 3], step: 3 }],
    ['one connection is reset', { fault: once({ kind: 'reset' }), exitCodes: [0], first: 1, step: 3 }],
    ['one request fails', { fault: once(answer(500, 'internal error')), exitCodes: [0], first: 2, step: 3 }],
  ];
  test.each(strikes)('%s, KV version 2', async (_, strike) => {
    expect(await sweep(vault().kv2, vault().proxy, strike)).toBeGreaterThan(8);
  });
  test('a given token is revoked', async () => {
    const strike = {
      fault: after(() => vault().revokeToken()),
      mend: () => vault().issueToken(),
      exitCodes: [0, 4],
    };
    expect(await sweep(await givenToken(), vault().proxy, strike)).toBeGreaterThan(8);
  });
  test('the policies are removed, KV version 1', async () => {
    const mend = () => vault().allow('list', 'metadata', 'data');
    const strike = { fault: after(() => vault().allow()), mend, exitCodes: [0, 4] };
    expect(await sweep(vault().kv1, vault().proxy, strike)).toBeGreaterThan(8);
  });
}

function each(call: (path: string) => Promise<unknown>): Way['take'] {
  return (...paths) => Promise.all(paths.map(call));
}

function waysOf2(vault: () => VaultGround): readonly Way[] {
  const { call } = {
    call: (...given: Parameters<VaultGround['admin']['call']>) => vault().admin.call(...given),
  };
  return [
    {
      name: 'of a deleted version, and its end',
      take: each((path) => call('DELETE', `secret/data/${path}`)),
      giveBack: each((path) => call('POST', `secret/undelete/${path}`, { versions: [1] })),
      isTold: true,
      proof: /named\/one: Vault: the current version 1 is deleted/,
    },
    {
      name: 'of a destroyed version, and another one',
      take: each((path) => call('PUT', `secret/destroy/${path}`, { versions: [1, 2] })),
      isTold: true,
      proof: /named\/one: Vault: the current version 1 is destroyed/,
    },
    {
      name: 'without a trace, and a secret made anew',
      take: each((path) => call('DELETE', `secret/metadata/${path}`)),
      isTold: false,
      proof: /named\/one: Vault metadata: 404/,
    },
  ];
}

function waysOf1(vault: () => VaultGround): readonly Way[] {
  return [
    {
      name: 'without a trace, and a secret made anew',
      take: each((path) => vault().admin.call('DELETE', `kv1/${path}`)),
      isTold: false,
      proof: /named\/one: Vault: 404/,
    },
  ];
}
