/**
 * SHA-256, loaded with the first text to hash: reading a history hashes nothing, and Node takes longer to load its
 * cryptography than such a read.
 */

/** @returns hex */
export function sha256(text: string): string {
  return process.getBuiltinModule('node:crypto').hash('sha256', text);
}
