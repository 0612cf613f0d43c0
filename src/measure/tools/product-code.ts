/**
 * Which files are the product itself, by their names: not its tests, samples and benchmarks, and not what a program
 * wrote or somebody else did.
 */

import { closeSync, openSync, readSync } from 'node:fs';

const NOT_OURS =
  /(^|\/)(node_modules|bower_components|dist|build|coverage|vendor|vendored|third_party|\.yarn|\.next|\.nuxt|__generated__|generated)\//;
const BESIDE_IT =
  /^tests?[_-][\w-]+\/|(^|\/)(tests?|__tests__|specs?|e2e|cypress|__mocks__|mocks|fixtures?|__fixtures__|__snapshots__|testdata|test-data|stories|bench|benchmarks?|examples?|samples?|demos?)\//i;
const NAMED_BESIDE =
  /[._-](tests?|test-d|specs?|e2e|cy|stories|story|bench|fixtures?|mocks?)\.\w+$|(^|\/)(test_[^/]*|conftest|tests?|specs?|test-?(utils?|helpers?)|setup-?tests?)\.\w+$|Tests?\.(java|kt|cs|swift|scala|php)$/;
const WRITTEN_BY_PROGRAM =
  /([.-](min|bundle|generated|gen|pb)|_pb|_pb2|_pb2_grpc|\.d)\.[cm]?\w+$|(^|\/)\.pnp\.\w+$/;

/** @param file relative to the project's root, `/` separated */
export function isProductCode(file: string): boolean {
  return !isWrittenElsewhere(file) && !BESIDE_IT.test(file) && !NAMED_BESIDE.test(file);
}

/** Built, bundled, generated, or taken over from elsewhere. */
export function isWrittenElsewhere(file: string): boolean {
  return NOT_OURS.test(file) || WRITTEN_BY_PROGRAM.test(file);
}

const SAYS_GENERATED =
  /@generated\b|\bDO NOT (EDIT|MODIFY)\b|\b(auto-?generated|generated (by|from|with))\b/i;
const TOP_COMMENT =
  /^(#!.*\n)?(\s*((\/\/|#|--).*(\n|$)|\/\*[\s\S]*?(\*\/|$)|"{3}[\s\S]*?("{3}|$)))*/;

/** By the comment it begins with: later on, people write about generated code. @param file absolute */
export function saysItIsGenerated(file: string): boolean {
  const top = TOP_COMMENT.exec(headOf(file))?.[0] ?? '';
  return SAYS_GENERATED.test(top);
}

function headOf(file: string): string {
  const bytes = Buffer.alloc(1024);
  try {
    const opened = openSync(file, 'r');
    try {
      return bytes.toString('utf8', 0, readSync(opened, bytes));
    } finally {
      closeSync(opened);
    }
  } catch {
    return '';
  }
}
