/** A house that answers prompts. */
export interface Provider {
  readonly name: ProviderName;
  /** Resolves when the key is accepted. */
  ping(signal: AbortSignal): Promise<void>;
  /** The answer, piece by piece. Throws `ServiceError` of type `upstream_failed`. */
  stream(question: Question): AsyncIterable<string>;
}

export interface Question {
  readonly model: string;
  readonly prompt: string;
  readonly signal: AbortSignal;
}

export const PROVIDER_NAMES = ['openai', 'anthropic', 'google', 'mistral'] as const;
export type ProviderName = (typeof PROVIDER_NAMES)[number];
