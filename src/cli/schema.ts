// `voxsync schema`: the JSON schema of the config, for editors.
import { configJsonSchema } from '../config/json-schema.ts';
import type { Io } from './io.ts';

export async function schemaCommand(io: Io): Promise<number> {
  io.out(`${JSON.stringify(configJsonSchema(), null, 2)}\n`);
  return 0;
}
