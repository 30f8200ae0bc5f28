// AWS from behind a proxy, under every supported Node: Secrets Manager and STS go through it, hosts in NO_PROXY do not.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { describeWithBackend } from '../backends/suite.ts';
import { startWorld, type World } from '../sources/aws-secrets-manager/setup.ts';
import { startCorporateProxy } from './corporate-proxy.ts';
import { valuesOf } from './looks.ts';
import { noNode, otherNodes } from './nodes.ts';
import { openStage } from './stage.ts';

const roleArn = 'arn:aws:iam::123456789012:role/reader';
const value = 'ключ 🔑\n';

describeWithBackend('moto', 'AWS behind a proxy', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterEach(() => world.reset());
  afterAll(() => world.end());

  test.for(otherNodes)(
    'HTTPS_PROXY, HTTP_PROXY and NO_PROXY are heeded under $name',
    async ({ node }, { skip }) => {
      skip(node === undefined, noNode);
      await world.create('prod/crm', value);
      const stage = await openStage({ node });
      const proxy = await startCorporateProxy(world.proxy.endpoint);
      await stage.save('token', 'a token of a service account');
      Object.assign(stage.env, {
        AWS_WEB_IDENTITY_TOKEN_FILE: 'token',
        AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/pod',
        NODE_EXTRA_CA_CERTS: proxy.certificate,
      });
      /** One pass that has everything to do, with AWS at these addresses; gives what went through the proxy. */
      const syncThrough = async (endpoint: string, sts: string, variables: Record<string, string>) => {
        proxy.passed.length = 0;
        await stage.configure({
          sources: {
            aws: { kind: 'aws-secrets-manager', region: 'eu-central-1', endpoint, assumeRole: { roleArn } },
          },
          mappings: [
            { application: 'app', secrets: [{ name: 'CRM', from: { source: 'aws', secret: 'prod/crm' } }] },
          ],
        });
        const unset = { HTTP_PROXY: '', HTTPS_PROXY: '', NO_PROXY: '' };
        Object.assign(stage.env, unset, { AWS_ENDPOINT_URL_STS: sts }, variables);
        const { exitCode, stderr } = await stage.voxsync('sync', '--log-level', 'warn');
        expect([exitCode, stderr, valuesOf(stage, ['app'])]).toEqual([0, '', { 'app CRM': value }]);
        stage.emulator.state.deleteSecret('app', 'CRM');
        return [...new Set(proxy.passed)].toSorted();
      };
      const { address, direct } = proxy;

      expect(
        await syncThrough('https://secrets.invalid', 'https://sts.invalid', { HTTPS_PROXY: address }),
      ).toEqual(['CONNECT secrets.invalid:443', 'CONNECT sts.invalid:443']);
      expect(
        await syncThrough('http://127.0.0.2', 'http://127.0.0.3', {
          HTTP_PROXY: address,
          NO_PROXY: '127.0.0.1',
        }),
      ).toEqual(['POST http://127.0.0.2/', 'POST http://127.0.0.3/']);
      for (const NO_PROXY of ['localhost', 'other.example,localhost', '*', new URL(direct).host])
        expect(await syncThrough(direct, direct, { HTTPS_PROXY: address, NO_PROXY })).toEqual([]);
      expect(
        await syncThrough('https://secrets.invalid', direct, { HTTPS_PROXY: address, NO_PROXY: 'localhost' }),
      ).toEqual(['CONNECT secrets.invalid:443']);
    },
  );
});
