// What is compared: ways to bring an application's secrets to what a source says, each a program of its own.
import type { Command } from '../measure.ts';

export const contenderIds = ['voxsync', 'script', 'eight', 'push-secret'] as const;

export type ContenderId = (typeof contenderIds)[number];

/** What a contender is to do: the application, and where its secrets come from. */
export interface Task {
  /** Where it may keep files; shared by all. */
  readonly folder: string;
  readonly application: string;
  /** For voxsync: the application's id, to name it by that. */
  readonly applicationId?: number;
  readonly endpoint: string;
  readonly credentialsFile: string;
  readonly origin: Origin;
  /** The groups that are mapped: a secret `GROUP/…/NAME` of the source becomes NAME of the application. */
  readonly groups: readonly string[];
  /** For voxsync: the names of the first group, to map one by one instead of discovering them. */
  readonly named?: readonly string[];
}

/** A source. Secrets of all kinds have the same names, and their value as their whole content or in the field `value`. */
export type Origin =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'aws'; readonly endpoint: string; readonly names: readonly string[] }
  | {
      readonly kind: 'vault';
      readonly address: string;
      readonly token: string;
      readonly names: readonly string[];
    };

export interface Contender {
  readonly id: ContenderId;
  readonly title: string;
  /** Calls under way at once. */
  readonly concurrency: number;
  /** Writes down what it needs, and tells how it is run. */
  prepare(task: Task): Promise<Command>;
}

export const awsRegion = 'eu-central-1';

/** What every contender finds in its environment to read a source with. */
export const awsEnvironment = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'example' } as const;
