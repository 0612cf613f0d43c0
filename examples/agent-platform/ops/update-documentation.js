/** update_documentation: DEPLOYED.md in the folder DOCS_DIR; without one its text goes to standard output. */

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { told } from './told.js';

const { service, environment, version, previousVersion, deployment } = told;
const text = `# What runs in ${environment}

- ${service} ${version}, by ${deployment}
- before it: ${previousVersion ?? 'nothing'}
`;

const folder = process.env.DOCS_DIR;
if (folder) {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, 'DEPLOYED.md');
  writeFileSync(file, text);
  process.stdout.write(`${file} is written\n`);
} else process.stdout.write(text);
