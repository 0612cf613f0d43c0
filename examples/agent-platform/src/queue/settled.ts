/** Lets a request wait for a job that a worker of the same process does. */
export class SettledJobs {
  readonly #waiting = new Map<string, () => void>();

  /** Resolves when `settle` is called with this id. Ask before the job is queued; aborting forgets the wait. */
  wait(id: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const forget = () => {
        this.#waiting.delete(id);
        reject(new Error('nobody waits any more'));
      };
      if (signal.aborted) return forget();
      signal.addEventListener('abort', forget, { once: true });
      this.#waiting.set(id, () => {
        signal.removeEventListener('abort', forget);
        resolve();
      });
    });
  }

  settle(id: string): void {
    const wake = this.#waiting.get(id);
    this.#waiting.delete(id);
    wake?.();
  }
}
