/** Whether what users see was changed together with what they read. */

import type { Change } from '../change.ts';
import type { Line } from '../diff.ts';
import { newLines } from '../moved.ts';
import { notAsked, type Answer } from './rule.ts';
import { isDocumentation, reversed, surfaceChanges } from './surface.ts';

export async function readmeUpdated(change: Change): Promise<Answer> {
  const seen = await surfaceChanges(change);
  const [first] = seen;
  if (first === undefined) return notAsked('nothing that users see was changed');
  const more = seen.length > 1 ? ` and ${seen.length - 1} more` : '';
  const [fresh, gone] = [newLines(change.files), newLines(change.files.map(reversed))];
  const docs = change.files.find(
    (file) => isDocumentation(file) && [fresh, gone].some((lines) => says(lines.get(file.path))),
  );
  if (docs !== undefined) {
    return { value: true, said: `${first.said}${more}; ${docs.path} says so`, findings: [] };
  }
  return {
    value: false,
    said: `${first.said}${more}, and no documentation`,
    findings: seen.slice(0, 10).map(({ file, line, said }) => ({
      rule: 'readme-not-updated',
      severity: 'warning',
      file,
      ...(line === undefined ? {} : { line }),
      message: `${said}, and the change touches no README, changelog or documentation`,
    })),
  };
}

function says(lines: readonly Line[] = []): boolean {
  return lines.some(({ text }) => /\w/.test(text));
}
