// The target in memory keeps the contract of every target.
import { expect, test } from 'vitest';
import { SecretBox } from '../../src/secret/box.ts';
import { createMemoryTarget } from '../../src/target/memory.ts';
import { targetContract } from './contract.ts';
import { applicationId, never } from './setup.ts';

const applications = new Map([[applicationId, 'call-center']]);

targetContract('memory', async () => {
  const target = createMemoryTarget({ applications });
  return { target, applicationId, close: () => target.close() };
});

test('tells the time of a change by its clock, counts calls, and lets a test look inside', async () => {
  let nowMs = 1_700_000_000_900;
  const target = createMemoryTarget({ applications, now: () => nowMs });
  const contents = { value: new SecretBox('inside'), description: '' };
  await target.create(applicationId, 'NAME', contents, never);
  const [created] = (await target.list(applicationId, 'whole', never)).rows;
  expect(created?.modifiedAt).toBe(1_700_000_000);
  nowMs += 60_000;
  await target.update(applicationId, created!, { description: 'later' }, never);
  expect((await target.list(applicationId, 'cheap', never)).rows[0]?.modifiedAt).toBe(1_700_000_060);
  expect(target.counts).toEqual({
    applications: 0,
    list: 2,
    readValue: 0,
    create: 1,
    update: 1,
    remove: 0,
  });
  expect(target.peek(applicationId, 'NAME')?.reveal()).toBe('inside');
});
