/** Holds back what has not left yet: a scan that pauses sends nothing, and loses nothing. */
export class Gate {
  #opened: Promise<void> | undefined;
  #open: () => void = () => {};

  get isShut(): boolean {
    return this.#opened !== undefined;
  }

  shut(): void {
    this.#opened ??= new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  open(): void {
    this.#opened = undefined;
    this.#open();
  }

  /**
   * Waits until it is open.
   *
   * @throws the signal's reason when it is aborted meanwhile
   */
  async passed(signal: AbortSignal): Promise<void> {
    while (this.#opened !== undefined) {
      let stop = (): void => {};
      const stopped = new Promise<void>((resolve) => {
        stop = resolve;
      });
      signal.addEventListener('abort', stop);
      await Promise.race([this.#opened, stopped]);
      signal.removeEventListener('abort', stop);
      signal.throwIfAborted();
    }
  }
}
