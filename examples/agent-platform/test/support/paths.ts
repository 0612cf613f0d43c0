import { fileURLToPath } from 'node:url';

/** The full path of a folder of the service. */
export function folder(name: string): string {
  return fileURLToPath(new URL(`../../${name}`, import.meta.url));
}
