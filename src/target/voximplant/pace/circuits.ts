// The circuits of an account: one for all its calls, and one for each application whose calls fail.
import type { VoxsyncError } from '../../../errors.ts';
import { Circuit, type Ending } from './circuit.ts';

/**
 * Failures of a single application hold back that application alone, so that a role missing there stops no other.
 * Those of several, or of a call about none, hold back the account.
 */
export class Circuits {
  readonly #failures: number;
  readonly #account: Circuit;
  /** Only of applications that failed since their last success. */
  readonly #applications = new Map<number, Circuit>();

  /** `failures` in a row open a circuit. */
  constructor(failures: number) {
    this.#failures = failures;
    this.#account = new Circuit({ what: 'the account', failures, applications: 2 });
  }

  /** Whether the whole account is held back. */
  get isAccountOpen(): boolean {
    return this.#account.isOpen;
  }

  /** Why calls are held back, of the account or else of one of its applications; `undefined` when none are. */
  get failure(): VoxsyncError | undefined {
    const circuits = [this.#account, ...this.#applications.values()];
    return circuits.find(({ isOpen }) => isOpen)?.failure;
  }

  /** What a call fails with that should not be sent now. */
  refusal(applicationId: number | undefined, nowMs: number): VoxsyncError | undefined {
    return this.#of(applicationId).find((circuit) => !circuit.admits(nowMs))?.failure;
  }

  /** A call that was not refused is sent. */
  start(call: number, applicationId: number | undefined): void {
    for (const circuit of this.#of(applicationId)) circuit.start(call);
  }

  end(ending: Ending, nowMs: number): void {
    const { applicationId, verdict } = ending;
    if (verdict === 'works') {
      // The account failed as a whole, so it recovers as a whole.
      if (this.isAccountOpen) this.#applications.clear();
      else if (applicationId !== undefined) this.#applications.delete(applicationId);
    } else if (verdict === 'fails' && applicationId !== undefined && !this.isAccountOpen) {
      this.#noteFailing(applicationId);
    }
    for (const circuit of this.#of(applicationId)) circuit.end(ending, nowMs);
  }

  #noteFailing(applicationId: number): void {
    if (this.#applications.has(applicationId)) return;
    const what = `application ${applicationId}`;
    this.#applications.set(applicationId, new Circuit({ what, failures: this.#failures, applications: 1 }));
  }

  #of(applicationId: number | undefined): readonly Circuit[] {
    const application = applicationId === undefined ? undefined : this.#applications.get(applicationId);
    return application === undefined ? [this.#account] : [this.#account, application];
  }
}
