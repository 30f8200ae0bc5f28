// The kinds of source: a line for each, loaded only when a config uses it.
import type { AwsSettings } from './aws-secrets-manager/source.ts';
import type { DirectorySettings } from './directory/source.ts';
import type { FileSettings } from './file/source.ts';
import type { VaultSettings } from './vault/source.ts';

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
