/** One declaration for every compiler and type checker. */

import type { MetricDeclaration } from '../../judge/catalogue.ts';

export const TYPE_ERRORS: MetricDeclaration = {
  dimension: 'count',
  better: 'lower',
  about: 'errors of the project’s type checkers (tsc, mypy), added up',
  together: 'sum',
};
