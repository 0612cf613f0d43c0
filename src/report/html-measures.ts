/** The score as bars, and who measured for how long, for the HTML report. */

import type { CheckResult, RunnerResult } from '../pipeline/result.ts';
import type { Interval } from '../judge/score.ts';
import { pointsText, scoreText } from './answer-words.ts';
import { element as el, NOTHING, type Html } from './html-text.ts';
import { glance, lookOf } from './look.ts';
import { durationText } from './wording.ts';

export function scoreSection(result: CheckResult): Html {
  const { score } = result;
  if (score === undefined) return NOTHING;
  const rows = score.components.flatMap(({ name, weight, metrics, ...interval }) => {
    const absent = metrics.flatMap((metric) =>
      metric.kind === 'measured' ? [] : [`${metric.name}: ${metric.why}`],
    );
    const value = `${pointsText(interval) || 'no score'} · weight ${Math.round(weight * 1000) / 10} %`;
    return [
      el('span', { class: 'name' }, name.replaceAll('_', ' ')),
      el('span', { class: 'value' }, value),
      scoreBar(interval),
      ...absent.map((line) => el('span', { class: 'under soft' }, line)),
    ];
  });
  return el(
    'section',
    {},
    el('h2', {}, 'Score'),
    el(
      'div',
      { class: 'card' },
      el('p', {}, scoreText(result)),
      scoreBar(score),
      el('p', { class: 'soft' }, 'the solid part is certain, the pale part was not measured'),
      el('div', { class: 'bars' }, ...rows),
    ),
  );
}

/** From 0 to 100: what is certain, then what may be. */
function scoreBar({ low = 0, high = 0 }: Pick<Interval, 'low' | 'high'>): Html {
  const colour = low >= 85 ? '' : low >= 70 ? ' warn' : ' bad';
  return bar(
    el('rect', { class: `low${colour}`, width: tenth(low), height: 1 }),
    el('rect', { class: 'maybe', x: tenth(low), width: tenth(high - low), height: 1 }),
  );
}

function bar(...rects: readonly Html[]): Html {
  const box = { viewBox: '0 0 100 1', preserveAspectRatio: 'none' };
  return el('svg', { class: 'bar', ...box, 'aria-hidden': 'true' }, ...rects);
}

const tenth = (points: number): number => Math.round(Math.max(0, points) * 10) / 10;

const WORDS = { good: 'clean', bad: 'found', warn: 'found', unknown: 'no numbers', none: '' };

export function runnersSection({ runners }: CheckResult): Html {
  const active = runners.filter(({ measurement }) => lookOf(measurement) !== 'none');
  if (active.length === 0) return NOTHING;
  const longest = Math.max(1, ...active.map(({ durationMs }) => durationMs));
  return el(
    'section',
    {},
    el('h2', {}, 'Who measured'),
    el(
      'div',
      { class: 'card' },
      el('div', { class: 'bars' }, ...active.flatMap((runner) => runnerRow(runner, longest))),
    ),
  );
}

function runnerRow({ id, gate, measurement, durationMs }: RunnerResult, longest: number) {
  const { tool, version } = measurement.evidence ?? {};
  const by = [tool === id ? undefined : tool, version].filter((part) => part !== undefined);
  const look = lookOf(measurement);
  return [
    el('span', { class: 'name' }, el('b', {}, id), by.length === 0 ? '' : ` ${by.join(' ')}`),
    el('span', { class: 'value' }, durationText(durationMs)),
    bar(el('rect', { class: 'time', width: tenth((100 * durationMs) / longest), height: 1 })),
    el(
      'span',
      { class: 'under' },
      el('span', { class: `tag ${look}` }, WORDS[look]),
      el('span', { class: 'soft' }, `${gate} · ${glance(measurement)}`),
    ),
  ];
}
