/** Writes config/*.schema.json from the zod schemas. A test compares them, so they cannot drift. */

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { jsonSchemas } = await import(path.join(root, 'src/config/json-schema.ts'));
for (const [name, schema] of Object.entries(jsonSchemas())) {
  writeFileSync(path.join(root, 'config', name), `${JSON.stringify(schema, null, 2)}\n`);
}
