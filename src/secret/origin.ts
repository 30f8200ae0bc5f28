// Where an owned secret comes from, as ten characters of its marker: which mapping entry selected it, and which source secret.
import { digest } from './digest.ts';

/** The selector of a secret that a mapping names outright. */
export const explicitSelector = '----';

/** Four characters for a discovery; they change when its source or its query changes. */
export function discoverySelector(discovery: { readonly source: string; readonly query: string }): string {
  return digest([discovery.source, discovery.query], 4).replaceAll('-', '_');
}

/** Six characters for a source secret. Paths are no secrets, so the digest needs no key. */
export function pathTag(source: string, secret: string): string {
  return digest([source, secret], 6);
}

/** The ten characters of the marker. */
export function formatOrigin(selector: string, tag: string): string {
  return `${selector}${tag}`;
}

/** The two parts again. */
export function parseOrigin(origin: string): { readonly selector: string; readonly tag: string } {
  return { selector: origin.slice(0, 4), tag: origin.slice(4) };
}
