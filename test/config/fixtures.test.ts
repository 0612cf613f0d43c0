/** Each wrong file beside the exact text it must produce, caret included. */

import { readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { complaints, GOOD_GATE, OWN_GATES, type Files } from './project.ts';

const folder = new URL('../fixtures/config/', import.meta.url);

/** Where a fixture lies in the project it spoils. */
const PROJECTS: Readonly<Record<string, (content: Uint8Array) => Files>> = {
  gates: (content) => ({ 'nemesis.config.yaml': OWN_GATES, 'gates/code/quality.yaml': content }),
  releases: (content) => ({
    'nemesis.config.yaml': OWN_GATES,
    'gates/code/quality.yaml': GOOD_GATE,
    'gates/staging/deploy.yaml': content,
  }),
  environments: (content) => ({ 'nemesis.config.yaml': content }),
  configs: (content) => ({ 'nemesis.config.yaml': content }),
  waivers: (content) => ({
    'nemesis.config.yaml': OWN_GATES,
    'gates/code/quality.yaml': GOOD_GATE,
    'nemesis.waivers.yaml': content,
  }),
  monitor: (content) => ({
    'nemesis.config.yaml': OWN_GATES,
    'gates/code/quality.yaml': GOOD_GATE,
    'gates/monitor/readiness-score.yaml': content,
  }),
};

for (const [group, project] of Object.entries(PROJECTS)) {
  const names = readdirSync(new URL(`${group}/`, folder)).filter((name) => name.endsWith('.yaml'));
  test.each(names)(`${group}/%s`, async (name) => {
    const file = new URL(`${group}/${name}`, folder);
    const expected = new URL(file.href.replace(/\.yaml$/, '.txt'));
    await expect(complaints(project(readFileSync(file)))).toMatchFileSnapshot(expected.pathname);
  });
}
