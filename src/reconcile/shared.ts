// What a discovery gives every application alike: worked out once a pass, and begun before anybody knows the applications.
import type { Expansion } from './expansion.ts';
import type { DiscoveredSecrets } from './mapping.ts';

export class SharedExpansions {
  readonly #byDiscovery = new Map<DiscoveredSecrets, Promise<Expansion>>();

  /** Made when it is first asked for. */
  of(discovery: DiscoveredSecrets, make: () => Promise<Expansion>): Promise<Expansion> {
    const known = this.#byDiscovery.get(discovery) ?? make();
    this.#byDiscovery.set(discovery, known);
    return known;
  }
}

/**
 * Whether nothing of it depends on the application. A template that does not say `application` cannot mean it, but for a name
 * that it puts together (`{{ [part] }}`); and of all fields those are left out that the application knows.
 */
export function isShared({ fields, name, description }: DiscoveredSecrets): boolean {
  return fields !== 'all' && !/application|\[/.test(name + description);
}
