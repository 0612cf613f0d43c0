/** The sentence language: parse, check, evaluate, explain. Everything here is pure and answers, never throws. */

export { checkExpression, checkSentence } from './check.ts';
export { evaluateExpression, evaluateSentence } from './evaluate.ts';
export { explainSentence } from './explain.ts';
export type { Dimension, Expr, Parsed, Problem } from './expr.ts';
export { formatValue } from './format.ts';
export { limitsOf, withLimit } from './limits.ts';
export { nearest } from './nearest.ts';
export type { Cause, Datum, Known, Outcome, Readings } from './outcome.ts';
export { conjunction, disjunction, negation } from './outcome.ts';
export { parseExpression, parseSentence } from './parse.ts';
export { printSentence } from './print.ts';
export type { MetricType, TypeScope } from './scope.ts';
export { sentenceFromShortForm } from './short-form.ts';
export { metricsOf, sectionsOf } from './walk.ts';
