/** Every tool adapter, in the order of the tools table. */

import type { Runner } from '../runner.ts';
import { dependencies } from './dependencies.ts';
import { eslint } from './eslint.ts';
import { prettier } from './prettier.ts';
import { gitleaks } from './gitleaks.ts';
import { lockfile } from './lockfile.ts';
import { npmAudit } from './npm-audit.ts';
import { pipAudit } from './pip-audit.ts';
import { ruff } from './ruff.ts';
import { secretlint } from './secretlint.ts';
import { trivyFs } from './trivy-fs.ts';
import { trivyImage } from './trivy-image.ts';
import { tsc } from './tsc.ts';
import { tsconfig } from './tsconfig.ts';

export const tools = [
  eslint,
  prettier,
  tsc,
  tsconfig,
  gitleaks,
  secretlint,
  npmAudit,
  pipAudit,
  trivyFs,
  trivyImage,
  lockfile,
  dependencies,
  ruff,
] satisfies readonly Runner[];
