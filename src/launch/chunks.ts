// The chunks of the bundle: CommonJS files that lie side by side, run with the code that V8 compiled for them before.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Script } from 'node:vm';
import type { CompiledCode } from './code-cache.ts';

/** As Node wraps them, on one line, so that line numbers stay what they are. */
const [head, tail] = ['(function (exports, require, module, __filename, __dirname) { ', '\n});'];

interface Module {
  exports: unknown;
}

/** Takes what `head` names, in its order. */
type Wrapped = (...given: readonly unknown[]) => void;

/** Loads chunks of one folder, each once. */
export class Chunks {
  readonly #folder: string;
  readonly #compiled: CompiledCode;
  readonly #builtin: (id: string) => unknown;
  readonly #scripts = new Map<string, Script>();
  readonly #modules = new Map<string, Module>();
  #isNews = false;

  constructor(folder: string, compiled: CompiledCode) {
    this.#folder = folder;
    this.#compiled = compiled;
    this.#builtin = createRequire(path.join(folder, 'chunk.js'));
  }

  /** Whether anything was loaded that had to be compiled. */
  get isNews(): boolean {
    return this.#isNews;
  }

  /** What a chunk exports. Throws what it throws. */
  load(name: string): unknown {
    const known = this.#modules.get(name);
    if (known !== undefined) return known.exports;
    // Two chunks may need each other, so it is there before it has run.
    const module: Module = { exports: {} };
    this.#modules.set(name, module);
    const file = path.join(this.#folder, name);
    const run: Wrapped = this.#scriptOf(name, file).runInThisContext();
    run(module.exports, (id: string) => this.#require(id), module, file, this.#folder);
    return module.exports;
  }

  /** The code of all that was loaded, with every function that has run by now. */
  compile(): CompiledCode {
    return new Map([...this.#scripts].map(([name, script]) => [name, script.createCachedData()]));
  }

  #scriptOf(name: string, filename: string): Script {
    const cachedData = this.#compiled.get(name);
    const script = new Script(`${head}${readFileSync(filename, 'utf8')}${tail}`, { filename, cachedData });
    this.#isNews ||= cachedData === undefined || script.cachedDataRejected === true;
    this.#scripts.set(name, script);
    return script;
  }

  #require(id: string): unknown {
    return id.startsWith('./') ? this.load(id.slice(2)) : this.#builtin(id);
  }
}
