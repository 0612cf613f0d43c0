/** The shape of a parsed sentence: plain JSON, so that it can be cached on disk and sent between processes. */

/** What a value measures. Inside: ratios are 0..1, times in ms, sizes in bytes, rates per second. */
export type Dimension =
  | 'count'
  | 'ratio'
  | 'time'
  | 'bytes'
  | 'rate'
  | 'users'
  | 'number'
  | 'boolean'
  | 'state'
  | 'version';

/** Something wrong with a text, and where: `length` is 0 only when the text ends too early. */
export interface Problem {
  readonly offset: number;
  readonly length: number;
  readonly message: string;
  readonly hint?: string;
}

/** Where a node stands in the text it was parsed from, in UTF-16 units. */
export interface Span {
  readonly offset: number;
  readonly length: number;
}

export type ComparisonOp = '<' | '<=' | '==' | '!=' | '>=' | '>';
export type ArithmeticOp = '+' | '-' | '*' | '/';
type LogicOp = 'and' | 'or';
export type FunctionName = 'min' | 'max' | 'clamp';

/**
 * A number with its unit. `value` is in the base unit of its dimension, `text` is the literal in canonical
 * spelling (`5MB`, `100 req/min`): a version metric compares with the text, since 3.10 is not 3.1.
 */
interface NumberNode extends Span {
  readonly kind: 'number';
  readonly value: number;
  readonly dimension: Dimension;
  readonly unit: string;
  readonly text: string;
}

interface TextNode extends Span {
  readonly kind: 'text';
  readonly value: string;
}

interface BooleanNode extends Span {
  readonly kind: 'boolean';
  readonly value: boolean;
}

/** A metric, or a state word such as `sorted`: only the catalogue can tell them apart. */
export interface NameNode extends Span {
  readonly kind: 'name';
  readonly name: string;
}

/** The baseline's value of the metric on the left of the comparison. */
interface BaselineNode extends Span {
  readonly kind: 'baseline';
}

interface NegateNode extends Span {
  readonly kind: 'negate';
  readonly operand: Expr;
}

interface ArithmeticNode extends Span {
  readonly kind: 'arithmetic';
  readonly op: ArithmeticOp;
  readonly left: Expr;
  readonly right: Expr;
}

interface CallNode extends Span {
  readonly kind: 'call';
  readonly fn: FunctionName;
  readonly args: readonly Expr[];
}

export interface ComparisonNode extends Span {
  readonly kind: 'comparison';
  readonly op: ComparisonOp;
  readonly left: Expr;
  readonly right: Expr;
}

interface NotNode extends Span {
  readonly kind: 'not';
  readonly operand: Expr;
}

export interface LogicNode extends Span {
  readonly kind: 'logic';
  readonly op: LogicOp;
  readonly left: Expr;
  readonly right: Expr;
}

/** `any(section)`: some sentence of the section fails. `all(section)`: every one holds. */
interface SectionNode extends Span {
  readonly kind: 'section';
  readonly quantifier: 'any' | 'all';
  readonly section: string;
}

export type Expr =
  | NumberNode
  | TextNode
  | BooleanNode
  | NameNode
  | BaselineNode
  | NegateNode
  | ArithmeticNode
  | CallNode
  | ComparisonNode
  | NotNode
  | LogicNode
  | SectionNode;

export type Parsed =
  { readonly ok: true; readonly expr: Expr } | { readonly ok: false; readonly problem: Problem };

/** Words with a meaning of their own; none of them can name a metric. */
export const KEYWORDS: readonly string[] = ['and', 'or', 'not', 'true', 'false', 'baseline'];

/** The operator that says the same with its sides exchanged: `1 < a` is `a > 1`. */
export function mirrored(op: ComparisonOp): ComparisonOp {
  switch (op) {
    case '<':
      return '>';
    case '<=':
      return '>=';
    case '>':
      return '<';
    case '>=':
      return '<=';
    default:
      return op;
  }
}

/** The direct parts of a node, left to right. */
export function partsOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'negate':
    case 'not':
      return [expr.operand];
    case 'arithmetic':
    case 'comparison':
    case 'logic':
      return [expr.left, expr.right];
    case 'call':
      return expr.args;
    default:
      return [];
  }
}
