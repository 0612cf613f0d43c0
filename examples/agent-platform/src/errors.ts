/** Every way a request can fail, with its HTTP status. Closed, because it is a metric label. */
export const STATUS_BY_ERROR = {
  bad_request: 400,
  unauthorized: 401,
  not_found: 404,
  method_not_allowed: 405,
  payload_too_large: 413,
  unsupported_media_type: 415,
  internal: 500,
  unexpected_state: 500,
  upstream_failed: 502,
  workflow_failed: 502,
  unavailable: 503,
  timeout: 504,
} as const;

export type ErrorType = keyof typeof STATUS_BY_ERROR;

/** A failure the service expects and can name. Anything else that is thrown is a defect. */
export class ServiceError extends Error {
  readonly type: ErrorType;

  constructor(type: ErrorType, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ServiceError';
    this.type = type;
  }
}

/** Names whatever was thrown; a defect keeps its text out of the reply. */
export function toServiceError(thrown: unknown): ServiceError {
  if (thrown instanceof ServiceError) return thrown;
  return new ServiceError('internal', 'something went wrong on our side', { cause: thrown });
}

/** The text of a thrown value, for logs and health reasons. */
export function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
