// The kinds of source: a line in each table for each, loaded only when a config uses it.
import type { AwsSettings } from './aws-secrets-manager/source.ts';
import type { DirectorySettings } from './directory/source.ts';
import type { FileSettings } from './file/source.ts';
import type { Demand, SourcePolicy } from './policy.ts';
import type { VaultSettings } from './vault/source.ts';

/** How each kind is opened. */
export const sourceKinds = {
  'aws-secrets-manager': async (id: string, settings: AwsSettings) =>
    (await import('./aws-secrets-manager/source.ts')).openAwsSource(id, settings),
  vault: async (id: string, settings: VaultSettings) =>
    (await import('./vault/source.ts')).openVaultSource(id, settings),
  file: async (id: string, settings: FileSettings) =>
    (await import('./file/source.ts')).openFileSource(id, settings),
  directory: async (id: string, settings: DirectorySettings) =>
    (await import('./directory/source.ts')).openDirectorySource(id, settings),
};

/** How each kind tells the least access that a demand needs. */
export const sourcePolicies = {
  'aws-secrets-manager': async (settings: AwsSettings, demand: Demand): Promise<SourcePolicy> =>
    (await import('./aws-secrets-manager/policy.ts')).awsPolicy(settings, demand),
  vault: async (settings: VaultSettings, demand: Demand): Promise<SourcePolicy> =>
    (await import('./vault/policy.ts')).vaultPolicy(settings, demand),
  file: async (settings: FileSettings): Promise<SourcePolicy> =>
    (await import('./file/policy.ts')).filePolicy(settings),
  directory: async (settings: DirectorySettings): Promise<SourcePolicy> =>
    (await import('./directory/policy.ts')).directoryPolicy(settings),
};
