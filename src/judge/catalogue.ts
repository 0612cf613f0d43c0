/** Every metric nemesis knows: declared once, by whoever measures it. */

import type { Dimension, MetricType, TypeScope } from '../language/index.ts';
import { compared } from './compared.ts';
import { recorded } from './recorded.ts';
import { traffic } from './traffic.ts';

export interface MetricDeclaration {
  readonly dimension: Dimension;
  readonly better: 'lower' | 'higher' | 'as_asked';
  /** One line for people: what the number is and how it is measured. */
  readonly about: string;
  /** For `state` metrics, in ascending order. */
  readonly states?: readonly string[];
  /** What several runners count of it is added up; else the worst of them is the value. */
  readonly together?: 'sum';
  /** Of a claim (`no_secrets_exposed`): the counts of the same runner that are all 0 exactly when it holds. */
  readonly holdsWithout?: readonly string[];
}

export interface CatalogueEntry extends MetricDeclaration {
  readonly name: string;
  /** Ids of the runners that yield it; empty when this version has no measurer for it yet. */
  readonly measuredBy: readonly string[];
}

export type Catalogue = ReadonlyMap<string, CatalogueEntry>;

/** A source of metrics: anything with an id and declarations. */
export interface MetricSource {
  readonly id: string;
  readonly metrics: Readonly<Record<string, MetricDeclaration>>;
}

/**
 * Metrics the gate files name and this version cannot measure yet. They are read as
 * *not applicable: not measured by this version* and so leave the score's sum.
 */
const NOT_MEASURED_YET: Readonly<Record<string, MetricDeclaration>> = {
  performance_benchmarks: {
    dimension: 'ratio',
    better: 'higher',
    about: 'share of benchmark sentences that hold',
  },
  resource_availability: {
    dimension: 'ratio',
    better: 'higher',
    about: 'share of system health sentences that hold',
  },
  scaling_capacity: { dimension: 'ratio', better: 'higher', about: 'by a declared probe' },
  backup_status: { dimension: 'ratio', better: 'higher', about: 'by a declared probe' },
};

/** Why a metric of the table above has no value. */
export const NOT_MEASURED_BY_THIS_VERSION = 'not measured by this version';

/** What these sources measure, what history, traffic and baseline tell, and what nothing measures yet. */
export function createCatalogue(sources: readonly MetricSource[]): Catalogue {
  const catalogue = new Map<string, CatalogueEntry>();
  for (const source of [...sources, ...([recorded, traffic, compared] as MetricSource[])]) {
    for (const [name, declaration] of Object.entries(source.metrics)) {
      const measuredBy = [...(catalogue.get(name)?.measuredBy ?? []), source.id];
      catalogue.set(name, { ...declaration, name, measuredBy });
    }
  }
  for (const [name, declaration] of Object.entries(NOT_MEASURED_YET)) {
    if (!catalogue.has(name)) catalogue.set(name, { ...declaration, name, measuredBy: [] });
  }
  return catalogue;
}

/** The catalogue as the language's type checker sees it, with the sections of one agent. */
export function typeScope(catalogue: Catalogue, sections: readonly string[]): TypeScope {
  return {
    metric(name): MetricType | undefined {
      const entry = catalogue.get(name);
      if (entry === undefined) return undefined;
      return entry.states === undefined
        ? { dimension: entry.dimension }
        : { dimension: entry.dimension, states: entry.states };
    },
    metricNames: () => [...catalogue.keys()],
    section: (name) => sections.includes(name),
    sectionNames: () => sections,
  };
}
