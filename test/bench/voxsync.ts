// The built program that is measured.
import { fileURLToPath } from 'node:url';

export const voxsync = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
