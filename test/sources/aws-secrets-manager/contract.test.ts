import { describeWithBackend } from '../../backends/suite.ts';
import { describeSourceContract } from '../contract.ts';
import { startWorld } from './setup.ts';

describeWithBackend('moto', 'AWS Secrets Manager (moto)', () => {
  describeSourceContract('aws-secrets-manager', async () => {
    const world = await startWorld();
    const known = new Set<string>();
    return {
      source: world.open(),
      put: async (secrets) => {
        for (const [name, text] of Object.entries(secrets)) {
          await (known.has(name) ? world.put(name, text) : world.create(name, text));
          known.add(name);
        }
      },
      remove: (name) => world.remove(name),
      breakDown: async () => world.proxy.misbehave(() => ({ kind: 'reset' })),
      close: () => world.end(),
    };
  });
});
