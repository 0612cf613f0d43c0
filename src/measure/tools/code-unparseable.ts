/** One declaration for everybody who reads code, in whatever language. */

import type { MetricDeclaration } from '../../judge/catalogue.ts';

export const CODE_UNPARSEABLE: MetricDeclaration = {
  dimension: 'count',
  better: 'lower',
  about: 'files whose syntax could not be read, in any language',
  together: 'sum',
};
