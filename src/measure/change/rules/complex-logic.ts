/** Whether every complex function that a change adds or touches says something about itself. */

import type { FoundFunction } from '../../source/source.ts';
import type { NewCode } from './production.ts';
import { notAsked, type Answer } from './rule.ts';

/** Above so many ways through it a function is complex: where the specification begins to warn. */
export const COMPLEX_ABOVE = 10;

export function complexLogic(code: readonly NewCode[]): Answer {
  const complex = code.flatMap((file) => {
    const all = file.reader.functions(file.text);
    return all
      .filter(({ complexity }) => complexity > COMPLEX_ABOVE)
      .filter((one) => isTouched(one, all, file))
      .map((one) => ({ ...one, file: file.path }));
  });
  if (complex.length === 0) {
    return notAsked(`no function above a complexity of ${COMPLEX_ABOVE} was added or changed`);
  }
  const silent = complex.filter(({ isCommented }) => !isCommented);
  const said = `${complex.length - silent.length} of ${complex.length} complex functions commented`;
  return {
    value: silent.length === 0,
    said,
    findings: silent.map(({ file, from, name, complexity }) => ({
      rule: 'complex-logic-uncommented',
      severity: 'warning',
      file,
      line: from,
      message: `${name} has a complexity of ${complexity}, and no comment in or above it says why`,
    })),
  };
}

/** A new statement in it, and not only in a function inside it. */
function isTouched(one: FoundFunction, all: readonly FoundFunction[], { fresh }: NewCode): boolean {
  return fresh.some(({ line }) => {
    const around = all.filter(({ from, to }) => from <= line && line <= to);
    return around.toSorted((a, b) => a.to - a.from - (b.to - b.from))[0] === one;
  });
}
