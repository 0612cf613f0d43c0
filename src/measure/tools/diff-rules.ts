/** Rules about a change as a whole, by git and by reading what it changes: no tool is started but git. */

import { complexLogic } from '../change/rules/complex-logic.ts';
import { missingTests } from '../change/rules/missing-tests.ts';
import { newCode } from '../change/rules/production.ts';
import { readmeUpdated } from '../change/rules/readme.ts';
import type { Answer } from '../change/rules/rule.ts';
import type { Change } from '../change/change.ts';
import { baseEvidence, withoutChange } from '../change/told.ts';
import type { Measurement, Runner } from '../runner.ts';

export const diffRules: Runner = {
  id: 'diff-rules',
  about: 'rules about the change: tests, comments and documentation that go with it',
  needs: 'a change: git, and something to compare with',
  metrics: {
    readme_updated: {
      dimension: 'boolean',
      better: 'higher',
      about: 'what users see was changed together with README, changelog or documentation',
    },
    complex_logic_commented: {
      dimension: 'boolean',
      better: 'higher',
      about: 'every function above a complexity of 10 that the change touches has a comment',
    },
    missing_tests_for_new_code: {
      dimension: 'boolean',
      better: 'lower',
      about: 'the change has more than 5 new statements and no new line in any test',
    },
  },
  inPlay: ({ repositoryTop }) =>
    repositoryTop === undefined
      ? { inPlay: false, why: 'this is no git work tree' }
      : { inPlay: true, because: 'a git work tree' },
  async measure({ change }) {
    const read = await change?.();
    return read?.kind === 'change' ? await measureChange(read.change) : withoutChange(read);
  },
};

async function measureChange(change: Change): Promise<Measurement> {
  const code = await newCode(change);
  const answers = {
    readme_updated: await readmeUpdated(change),
    complex_logic_commented: complexLogic(code),
    missing_tests_for_new_code: missingTests(change, code),
  } satisfies Record<string, Answer>;
  const findings = Object.values(answers).flatMap((answer) => answer.findings);
  const count = change.files.length;
  return {
    state: findings.length > 0 ? 'findings' : 'clean',
    metrics: Object.fromEntries(Object.entries(answers).map(([name, { value }]) => [name, value])),
    findings: findings.map((finding) => ({ tool: 'diff-rules', ...finding })),
    summary: `${count === 1 ? '1 file' : `${count} files`} changed since ${change.base.commit.slice(0, 9)}, ${change.base.by}`,
    evidence: baseEvidence(change.base),
  };
}
