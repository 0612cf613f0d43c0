/** One declaration for everybody who judges the order of imports, in whatever language. */

import type { MetricDeclaration } from '../../judge/catalogue.ts';

export const IMPORT_ORDER: MetricDeclaration = {
  dimension: 'state',
  better: 'higher',
  about: 'whether imports stand in the order the project’s own rules ask for',
  states: ['unsorted', 'sorted'],
};
