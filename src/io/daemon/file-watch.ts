import { statSync } from 'node:fs';

/** Tells whether a file is another one than it was; by asking, since others replace it whole. */
export class FileWatch {
  readonly #file: string;
  #version: string;

  constructor(file: string) {
    this.#file = file;
    this.#version = this.#look();
  }

  /** Empty where there is no file. */
  get version(): string {
    return this.#version;
  }

  /** Since this was asked last. */
  changed(): boolean {
    const now = this.#look();
    const isChanged = now !== this.#version;
    this.#version = now;
    return isChanged;
  }

  #look(): string {
    try {
      const { mtimeMs, size, ino } = statSync(this.#file);
      return [ino, size, Math.round(mtimeMs)].map((one) => one.toString(36)).join('-');
    } catch {
      return '';
    }
  }
}
