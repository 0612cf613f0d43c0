/** Text as every store gives it back. */

/** Half characters and NUL come back changed from a store, and the hash would no longer fit. */
export function cleaned(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}
