// What External Secrets Operator's PushSecret does with a store of secrets, in its order, one secret after the other:
// get the value; without one, create the secret; else describe it, to see that it is ours; write where the value differs.
// What was pushed and is not wanted any more: get, describe, delete. All of it again at every refresh.
import { readFile, writeFile } from 'node:fs/promises';
import { readTask, readWanted } from './task.ts';
import { openApplication } from './vendor.ts';

const ownership = 'managed-by=bench';

const task = await readTask();
const wanted = await readWanted(task);
const application = await openApplication(task.application);
/** The names pushed last time, which the operator keeps in the status of its own object. */
const statusFile = `${task.folder}/${task.application}.status`;
const pushed: readonly string[] = JSON.parse(await readFile(statusFile, 'utf8').catch(() => '[]'));

for (const [name, value] of wanted) {
  const held = await application.read(name);
  if (held === undefined) {
    await application.add(name, value, ownership);
    continue;
  }
  await requireOurs(name);
  if (held !== value) await application.set(name, value);
}

for (const name of pushed.filter((name) => !wanted.has(name))) {
  if ((await application.read(name)) === undefined) continue;
  await requireOurs(name);
  await application.remove(name);
}

await writeFile(statusFile, JSON.stringify([...wanted.keys()]));

async function requireOurs(name: string): Promise<void> {
  const rows = await application.list(name);
  const description = rows.find((row) => row.name === name)?.description;
  if (description !== ownership) throw new Error(`${name} is not managed by this program`);
}
