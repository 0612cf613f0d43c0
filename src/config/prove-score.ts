/** The readiness score of a gate file: components, weights, normalisations and bands, proved. */

import { checkExpression, parseExpression, type TypeScope } from '../language/index.ts';
import type { ScorePlan } from '../judge/agent.ts';
import type { Diagnostic } from '../failure.ts';
import { at } from './diagnose.ts';
import { located, shiftOf } from './drafts.ts';
import type { GateFile } from './gate-schema.ts';
import type { Document } from './yaml.ts';

export function scorePlan(
  document: Document,
  file: GateFile,
  scope: TypeScope,
  diagnostics: Diagnostic[],
): ScorePlan | undefined {
  if (file.score_components === undefined) return undefined;
  const components = Object.entries(file.score_components).map(([name, component]) => ({
    name,
    weight: component.weight,
    metrics: component.metrics.flatMap((metric, index) => {
      const given = file.normalise ?? {};
      const text = Object.hasOwn(given, metric) ? given[metric] : undefined;
      if (text === undefined) {
        diagnostics.push(
          at(
            document.spot(['score_components', name, 'metrics', index]),
            `\`${metric}\` has no entry in \`normalise\``,
            [`say how it becomes 0 to 100, under normalise: ${metric}`],
          ),
        );
        return [];
      }
      const path = ['normalise', metric];
      const parsed = parseExpression(text);
      const problems = parsed.ok ? checkExpression(parsed.expr, scope) : [parsed.problem];
      const spot = document.spot(path);
      const shift = shiftOf(spot);
      diagnostics.push(
        ...problems.map((problem) => located(document, { path, shift, text }, problem)),
      );
      if (!parsed.ok) return [];
      return [
        {
          name: metric,
          text,
          expr: parsed.expr,
          place: { file: spot.file, line: spot.line, column: spot.column },
        },
      ];
    }),
  }));
  const total = components.reduce((sum, { weight }) => sum + weight, 0);
  if (Math.abs(total - 1) > 1e-9) {
    const percent = Math.round(total * 1000) / 10;
    diagnostics.push(
      at(
        document.spot(['score_components']),
        `the weights add up to ${percent}%, they must make 100%`,
      ),
    );
  }
  const bands = bandsOf(document, file, diagnostics);
  const { line, column } = document.spot(['score_components']);
  return { components, bands, place: { file: document.file, line, column } };
}

/** `deploy_ready: ">= 85%"`, `deploy_with_caution: ">= 70%"`, `deploy_blocked: "< 70%"`. */
function bandsOf(
  document: Document,
  file: GateFile,
  diagnostics: Diagnostic[],
): ScorePlan['bands'] {
  const read = (
    key: 'deploy_ready' | 'deploy_with_caution' | 'deploy_blocked',
    op: string,
  ): number => {
    const text = file.thresholds?.[key] ?? '';
    const match = /^(>=|<)\s*(\d{1,3}(?:\.\d+)?)\s*%$/.exec(text);
    if (match?.[1] !== op || Number(match[2]) > 100) {
      const path = file.thresholds === undefined ? ['score_components'] : ['thresholds', key];
      diagnostics.push(
        at(document.spot(path), `expected \`${op} N%\` for ${key}`, [`write ${key}: "${op} 85%"`]),
      );
      return 0;
    }
    return Number(match[2]) / 100;
  };
  const ready = read('deploy_ready', '>=');
  const caution = read('deploy_with_caution', '>=');
  const blocked = read('deploy_blocked', '<');
  if (diagnostics.length === 0 && (blocked !== caution || caution > ready)) {
    diagnostics.push(
      at(document.spot(['thresholds']), 'the bands leave a gap or overlap', [
        'deploy_blocked must end where deploy_with_caution begins, and that lies at or below deploy_ready',
      ]),
    );
  }
  return { ready, caution };
}
