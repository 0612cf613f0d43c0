/** What is a comment to people, and what an order to a tool. Pure. */

const DIRECTIVE =
  /^[\s/*#!-]*(eslint|prettier|biome|jshint|jslint|tslint|@ts-|ts-|istanbul|c8|v8|node:coverage|type:|noqa|pylint|pragma|fmt:|ruff|mypy|isort|webpack|@__PURE__|#__PURE__|region|endregion|global\b|exported\b|sourceMappingURL|@license|copyright|spdx|<reference)/i;

/** Whether a comment says something to people: two words at least, and no order to a tool. */
export function isSaid(comment: string): boolean {
  if (DIRECTIVE.test(comment)) return false;
  return (comment.match(/\p{L}{2,}/gu) ?? []).length >= 2;
}
