/** Every tool adapter, in the order of the tools table. */

import type { Runner } from '../runner.ts';
import { black } from './black.ts';
import { dependencies } from './dependencies.ts';
import { eslint } from './eslint.ts';
import { prettier } from './prettier.ts';
import { gitleaks } from './gitleaks.ts';
import { isort } from './isort.ts';
import { lockfile } from './lockfile.ts';
import { mypyStrictness } from './mypy-config.ts';
import { mypy } from './mypy.ts';
import { npmAudit } from './npm-audit.ts';
import { pylint } from './pylint.ts';
import { pythonEnv } from './python-env.ts';
import { pythonLock } from './python-lock.ts';
import { pythonRules } from './python-rules.ts';
import { ruff } from './ruff.ts';
import { secretlint } from './secretlint.ts';
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
  lockfile,
  dependencies,
  ruff,
  pylint,
  black,
  isort,
  mypy,
  mypyStrictness,
  pythonRules,
  pythonEnv,
  pythonLock,
] satisfies readonly Runner[];
