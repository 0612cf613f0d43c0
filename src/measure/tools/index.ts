/** Every tool adapter, in the order of the tools table. */

import type { Runner } from '../runner.ts';
import { bundle } from './bundle.ts';
import { cycles } from './cycles.ts';
import { codeRules } from './code-rules.ts';
import { black } from './black.ts';
import { dependencies } from './dependencies.ts';
import { diffRules } from './diff-rules.ts';
import { eslint } from './eslint.ts';
import { prettier } from './prettier.ts';
import { gitleaks } from './gitleaks.ts';
import { jscpd } from './jscpd.ts';
import { isort } from './isort.ts';
import { lockfile } from './lockfile.ts';
import { mypyStrictness } from './mypy-config.ts';
import { mypy } from './mypy.ts';
import { npmAudit } from './npm-audit.ts';
import { pylint } from './pylint.ts';
import { pythonEnv } from './python-env.ts';
import { pythonLock } from './python-lock.ts';
import { pythonRules } from './python-rules.ts';
import { pipAudit } from './pip-audit.ts';
import { ruff } from './ruff.ts';
import { secretlint } from './secretlint.ts';
import { trivyFs } from './trivy-fs.ts';
import { trivyImage } from './trivy-image.ts';
import { tsc } from './tsc.ts';
import { tsconfig } from './tsconfig.ts';

export const tools = [
  eslint,
  codeRules,
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
  cycles,
  bundle,
  ruff,
  jscpd,
  pylint,
  black,
  isort,
  mypy,
  mypyStrictness,
  pythonRules,
  pythonEnv,
  pythonLock,
  diffRules,
] satisfies readonly Runner[];
