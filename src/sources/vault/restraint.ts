// Not knocking again with what was just refused: Vault locks an identity out after a few wrong logins.
import { VoxsyncError } from '../../errors.ts';
import { SecretBox } from '../../secret/box.ts';

/** Longer than a pass in which many requests want a token, and shorter than the usual time between two passes. */
const pauseMs = 60_000;

interface Refusal {
  readonly proof: SecretBox;
  readonly error: VoxsyncError;
  readonly at: number;
}

export interface Restraint {
  /** Logs in, or repeats the refusal of the same proof. Throws what `logIn` throws. */
  unlessRefused<T>(proof: object, logIn: () => Promise<T>): Promise<T>;
  /** For what proves us beside the proof. */
  forget(): void;
}

/** Remembers one refused proof; another one is shown at once. */
export function createRestraint(): Restraint {
  let last: Refusal | undefined;
  return {
    unlessRefused: async (proof, logIn) => {
      const text = JSON.stringify(proof);
      const isFresh = last !== undefined && performance.now() - last.at < pauseMs;
      if (isFresh && last?.proof.satisfies((refused) => refused === text) === true) throw last.error;
      try {
        return await logIn();
      } catch (error) {
        const isRefusal = error instanceof VoxsyncError && error.code === 'source-refused';
        last = isRefusal ? { proof: new SecretBox(text), error, at: performance.now() } : undefined;
        throw error;
      }
    },
    forget: () => {
      last = undefined;
    },
  };
}
