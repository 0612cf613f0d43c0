/** What can be measured of code in any language: declared once, for each runner that measures some of it. */

import type { MetricDeclaration } from '../../judge/catalogue.ts';

export const CODE_METRICS = {
  complexity_score: {
    dimension: 'count',
    better: 'lower',
    about:
      'the highest cyclomatic complexity of any function; in JavaScript tests and samples are left out',
  },
  consistent_naming: {
    dimension: 'boolean',
    better: 'higher',
    holdsWithout: ['naming_violations'],
    about: 'every name is written as its kind is by convention; foreign names are left alone',
  },
  naming_violations: {
    dimension: 'count',
    better: 'lower',
    about: 'names that are written otherwise than their kind is by convention',
    together: 'sum',
  },
  import_order: {
    dimension: 'state',
    better: 'higher',
    states: ['unsorted', 'sorted'],
    about:
      'sorted: in each block of imports the standard library comes first, then packages, then relative files',
  },
  imports_unsorted: {
    dimension: 'count',
    better: 'lower',
    about: 'blocks of imports that are not sorted',
    together: 'sum',
  },
  no_sql_injection: {
    dimension: 'boolean',
    better: 'higher',
    holdsWithout: ['sql_injection_risks'],
    about:
      'no query is given SQL put together with values in the call or in one constant; by several statements or other functions is not seen',
  },
  sql_injection_risks: {
    dimension: 'count',
    better: 'lower',
    about: 'queries given SQL that is put together with values',
    together: 'sum',
  },
  no_xss_vulnerabilities: {
    dimension: 'boolean',
    better: 'higher',
    holdsWithout: ['xss_risks'],
    about:
      'no value that is neither constant nor escaped by a function named so goes into a page as HTML, or is run; templates are not looked into',
  },
  xss_risks: {
    dimension: 'count',
    better: 'lower',
    about: 'places where such a value goes into a page or is run',
    together: 'sum',
  },
  public_functions_documented: {
    dimension: 'boolean',
    better: 'higher',
    holdsWithout: ['public_functions_undocumented'],
    about:
      'every exported function and every public method of an exported class has a doc comment; in Python every public function, method and class',
  },
  public_functions_undocumented: {
    dimension: 'count',
    better: 'lower',
    about: 'exported functions and public methods without a doc comment',
    together: 'sum',
  },
} as const satisfies Readonly<Record<string, MetricDeclaration>>;

export type CodeMetric = keyof typeof CODE_METRICS;
