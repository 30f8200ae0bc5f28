// `voxsync emulator` in a process of its own: how it is started, what it was asked, and an account's control panel.
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { request } from 'undici';
import { startNode } from './measure.ts';
import { voxsync } from './voxsync.ts';

/** How often each method was called. */
export type Calls = Readonly<Record<string, number>>;

/** What the control panel shows of an answer. */
export interface PanelAnswer {
  readonly result?: unknown;
  readonly total_count?: number;
  readonly error?: { readonly code: number };
}

export interface EmulatorProcess {
  /** `http://127.0.0.1:PORT/platform_api` */
  readonly url: string;
  readonly credentialsFile: string;
  /** All calls since the last `takeCalls`, but those of this panel. */
  takeCalls(): Promise<Calls>;
  /** One call as a person in the control panel makes it. Throws on an API error. */
  panel(method: string, parameters: Readonly<Record<string, string>>): Promise<PanelAnswer>;
  stop(): Promise<void>;
}

interface EmulatorOptions {
  readonly folder: string;
  readonly latencyMs: number;
  readonly applications: readonly string[];
  /** The largest page of a listing; 1,000 without it. */
  readonly pageSize?: number;
}

/** Starts it, and waits until it listens. Results come as lists: the vendor's client knows no other shape. */
export async function startEmulatorProcess(options: EmulatorOptions): Promise<EmulatorProcess> {
  const credentialsFile = join(options.folder, 'credentials.json');
  const child = startNode({
    folder: options.folder,
    args: [
      voxsync,
      'emulator',
      '--credentials',
      credentialsFile,
      '--latency',
      String(options.latencyMs),
    ].concat(
      ['--application', ...options.applications],
      [
        '--option',
        'addSecretResult=list',
        'getSecretValueResult=list',
        `maxCount=${options.pageSize ?? 1000}`,
      ],
    ),
  });
  const calls = countCalls(child.stderr!);
  const welcome = createInterface(child.stdout!)[Symbol.asyncIterator]();
  const url = await wordAfter(welcome, /^endpoint: +(\S+)/);
  const identity = await wordAfter(welcome, /(account_id=\S+ -d api_key=\S+)/);
  const panel = openPanel(url, new URLSearchParams(identity.replace(' -d ', '&')));
  return {
    url,
    credentialsFile,
    panel: async (method, parameters) => {
      calls.leaveOut(method);
      return panel(method, parameters);
    },
    async takeCalls() {
      const seen = calls.next('GetAccountInfo');
      // Lines come in the order of answers, so all that were sent before it are there when this one is.
      await panel('GetAccountInfo', {});
      await seen;
      calls.leaveOut('GetAccountInfo');
      return calls.take();
    },
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function wordAfter(lines: AsyncIterator<string>, pattern: RegExp): Promise<string> {
  for (let line = await lines.next(); line.done !== true; line = await lines.next()) {
    const word = pattern.exec(line.value)?.[1];
    if (word !== undefined) return word;
  }
  throw new Error('the emulator ended before it listened');
}

interface CallCounts {
  /** The next call of a method. */
  next(method: string): Promise<void>;
  /** One call of a method is ours and does not count. */
  leaveOut(method: string): void;
  take(): Calls;
}

/** Counts the JSON lines that the emulator writes, one for each call. */
function countCalls(lines: NodeJS.ReadableStream): CallCounts {
  let counts = new Map<string, number>();
  const awaited = new Map<string, () => void>();
  createInterface(lines).on('line', (line) => {
    // Parsing every line would take the CPU from what is measured.
    const method = /"method":"(\w*)"/.exec(line)?.[1];
    if (method === undefined) return;
    counts.set(method, (counts.get(method) ?? 0) + 1);
    awaited.get(method)?.();
  });
  return {
    next: (method) =>
      new Promise((resolve) => {
        awaited.set(method, resolve);
      }),
    leaveOut: (method) => void counts.set(method, (counts.get(method) ?? 0) - 1),
    take() {
      const taken = Object.fromEntries([...counts].filter(([, count]) => count !== 0));
      counts = new Map();
      return taken;
    },
  };
}

function openPanel(url: string, identity: URLSearchParams): EmulatorProcess['panel'] {
  return async (method, parameters) => {
    const body = new URLSearchParams([...identity, ...Object.entries(parameters)]).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await request(`${url}/${method}`, { method: 'POST', body, headers });
    const document: PanelAnswer = JSON.parse(await answer.body.text());
    if (document.error !== undefined) throw new Error(`${method}: API error ${document.error.code}`);
    return document;
  };
}
