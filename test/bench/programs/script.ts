// The straightforward script: list, read each value, compare, write what differs, delete what is not wanted.
import { forEachOf, readTask, readWanted } from './task.ts';
import { openApplication } from './vendor.ts';

const task = await readTask();
const wanted = await readWanted(task);
const application = await openApplication(task.application);
const held = new Set((await application.list()).map(({ name }) => name));

await forEachOf(wanted, task.concurrency, async ([name, value]) => {
  if (!held.has(name)) await application.add(name, value);
  else if ((await application.read(name)) !== value) await application.set(name, value);
});

// It takes the whole application for its own.
const unwanted = [...held].filter((name) => !wanted.has(name));
await forEachOf(unwanted, task.concurrency, (name) => application.remove(name));
