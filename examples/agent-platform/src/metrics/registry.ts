/**
 * Counters, gauges and histograms in the Prometheus text format.
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
export type Labels = Readonly<Record<string, string>>;

interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  lines(): string[];
}

export interface Counter {
  add(labels?: Labels, amount?: number): void;
}

export interface Histogram {
  observe(seconds: number, labels?: Labels): void;
}

const LATENCY_BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10] as const;

export class MetricsRegistry {
  readonly #families: Family[] = [];

  /** A number that only grows; one series per label set. */
  counter(name: string, help: string): Counter {
    const series = new Map<string, number>();
    const lines = () => [...series].map(([labels, value]) => `${name}${labels} ${value}`);
    this.#families.push({ name, help, type: 'counter', lines });
    return {
      add(labels = {}, amount = 1) {
        const key = renderLabels(labels);
        series.set(key, (series.get(key) ?? 0) + amount);
      },
    };
  }

  /** A number read at scrape time. */
  gauge(
    name: string,
    help: string,
    read: () => readonly { labels?: Labels; value: number }[],
    type: 'gauge' | 'counter' = 'gauge',
  ): void {
    const lines = () =>
      read().map(({ labels, value }) => `${name}${renderLabels(labels)} ${value}`);
    this.#families.push({ name, help, type, lines });
  }

  /** Cumulative buckets in seconds. */
  histogram(name: string, help: string, buckets: readonly number[] = LATENCY_BUCKETS): Histogram {
    const series = new Map<
      string,
      { labels: Labels; counts: number[]; sum: number; all: number }
    >();
    const lines = () =>
      [...series.values()].flatMap(({ labels, counts, sum, all }) => [
        ...buckets.map(
          (le, i) => `${name}_bucket${renderLabels({ ...labels, le: `${le}` })} ${counts[i] ?? 0}`,
        ),
        `${name}_bucket${renderLabels({ ...labels, le: '+Inf' })} ${all}`,
        `${name}_sum${renderLabels(labels)} ${sum}`,
        `${name}_count${renderLabels(labels)} ${all}`,
      ]);
    this.#families.push({ name, help, type: 'histogram', lines });
    return {
      observe(seconds, labels = {}) {
        const key = renderLabels(labels);
        const one = series.get(key) ?? { labels, counts: buckets.map(() => 0), sum: 0, all: 0 };
        one.counts = one.counts.map((count, i) => count + (seconds <= (buckets[i] ?? 0) ? 1 : 0));
        one.sum += seconds;
        one.all += 1;
        series.set(key, one);
      },
    };
  }

  /** The whole page a scraper reads. */
  render(): string {
    const lines = this.#families.flatMap((family) => [
      `# HELP ${family.name} ${family.help}`,
      `# TYPE ${family.name} ${family.type}`,
      ...family.lines(),
    ]);
    return `${lines.join('\n')}\n`;
  }
}

function renderLabels(labels: Labels = {}): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
