/** A throw-away folder with files in it; objects are written as JSON. */

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporary } from '../temporary.ts';

export function folderWith(files: Readonly<Record<string, unknown>>): string {
  const root = temporary('measure');
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    writeFileSync(file, text, { mode: 0o755 });
  }
  return root;
}
