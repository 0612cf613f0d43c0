/** One thing the service needs, and the word for it being fine. */
export interface Probe {
  readonly name: string;
  readonly word: 'responding' | 'initialized' | 'connected' | 'processing' | 'authenticated';
  /** Throws when it is not fine. */
  readonly check: (signal: AbortSignal) => Promise<void> | void;
}

export interface Finding {
  readonly name: string;
  readonly isFine: boolean;
  /** The probe's word, or `failed`. */
  readonly state: string;
  readonly latencyMs: number;
  readonly reason?: string;
}
