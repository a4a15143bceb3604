import { closeSync, openSync, writeSync } from 'node:fs';
import { forJson } from '../../base/encode.ts';
import { PortolanError } from '../../base/errors.ts';

/** Characters that are gathered before they are written. */
const BUFFER = 1 << 16;

/** Writes objects as JSON lines, as they come: memory does not grow with their number. */
export class LineWriter {
  readonly #path: string;
  readonly #fd: number;
  #waiting = '';

  /** @param path a file, which is replaced; `-` for standard output */
  constructor(path: string) {
    this.#path = path;
    this.#fd = this.#attempt(() => (path === '-' ? 1 : openSync(path, 'w')));
  }

  write(line: object): void {
    this.#waiting += `${forJson(line)}\n`;
    if (this.#waiting.length >= BUFFER) this.#flush();
  }

  close(): void {
    this.#flush();
    if (this.#fd !== 1) this.#attempt(() => closeSync(this.#fd));
  }

  #flush(): void {
    const bytes = Buffer.from(this.#waiting);
    this.#waiting = '';
    for (let done = 0; done < bytes.length; ) {
      done += this.#attempt(() => writeSync(this.#fd, bytes, done));
    }
  }

  #attempt<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new PortolanError('E_OUTPUT', `${this.#path} cannot be written: ${why}`, {
        remedy: 'Check the folder, its permissions and the space left',
        cause: error,
      });
    }
  }
}
