/** The schemas editors read are the ones files are judged by. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { jsonSchemas } from '../../src/config/json-schema.ts';
import { packageRoot } from './project.ts';

test.each(Object.entries(jsonSchemas()))('config/%s is up to date', (name, schema) => {
  const written = readFileSync(path.join(packageRoot, 'config', name), 'utf8');
  expect(written, 'run npm run schemas').toBe(`${JSON.stringify(schema, null, 2)}\n`);
});
