/**
 * The report as one HTML file that loads nothing and runs nothing: the answer, the score, the gates with every sentence,
 * who measured and for how long, what was found and what was not measured.
 */

import type { CheckResult } from '../pipeline/result.ts';
import { answerOf } from './answer-words.ts';
import { findingsSection } from './html-findings.ts';
import { gatesSection, troublesSection, waiversSection } from './html-gates.ts';
import { sha256Base64 } from './html-policy.ts';
import { runnersSection, scoreSection } from './html-measures.ts';
import { STYLE } from './html-style.ts';
import { element as el, NOTHING, type Html } from './html-text.ts';
import { storyOf, type Story } from './story.ts';
import { durationText, plural } from './wording.ts';
import type { Surroundings } from './where.ts';

export function htmlText(result: CheckResult, { version }: Pick<Surroundings, 'version'>): string {
  const story = storyOf(result);
  const { word } = answerOf(result);
  const title = `${word}: ${result.service}`;
  const policy = `default-src 'none'; style-src 'sha256-${sha256Base64(STYLE)}'; base-uri 'none'; form-action 'none'`;
  const head = [
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
    el('title', {}, title).html,
    `<style>${STYLE}</style>`,
  ];
  const main = [
    answerSection(result, story),
    troublesSection(story),
    scoreSection(result),
    gatesSection(result, story),
    absencesSection(story),
    waiversSection(story),
    findingsSection(story),
    runnersSection(result),
    idleSection(story),
    footer(result, version),
  ];
  return [
    '<!doctype html>',
    '<html lang="en">',
    `<head>\n${head.join('\n')}\n</head>`,
    `<body>\n<main>\n${main
      .map(({ html }) => html)
      .filter((html) => html !== '')
      .join('\n')}\n</main>\n</body>`,
    '</html>',
    '',
  ].join('\n');
}

const LOOKS = { blocked: 'bad', undecided: 'unknown', caution: 'warn', ready: 'good' } as const;

function answerSection(result: CheckResult, { findings }: Story): Html {
  const { word, by, joint, score, limits } = answerOf(result);
  const count = (severity: string) =>
    findings.filter(({ finding }) => finding.severity === severity).length;
  const found = `${plural(count('error'), 'error')}, ${plural(count('warning'), 'warning')} found`;
  const facts = [score, found, durationText(result.durationMs), ...limits, ...commitText(result)];
  return el(
    'header',
    { class: `card answer ${LOOKS[result.readiness.kind]}` },
    el('h1', {}, result.service),
    el('div', { class: 'word' }, word),
    by === '' ? '' : el('p', {}, `${joint} `, el('code', {}, by)),
    el('ul', { class: 'facts' }, ...facts.filter(Boolean).map((fact) => el('li', {}, fact))),
  );
}

function commitText({ commit, dirty }: CheckResult): readonly string[] {
  if (commit === undefined) return [];
  return [`commit ${commit.slice(0, 12)}${dirty === true ? ', with changes' : ''}`];
}

function absencesSection({ absences }: Story): Html {
  if (absences.length === 0) return NOTHING;
  const items = absences.map(({ id, measurement }) => {
    const { state, why, help, evidence } = measurement;
    return el(
      'li',
      {},
      el('span', { class: 'unknown' }, `${id}: `),
      why ?? state.replaceAll('_', ' '),
      help === undefined ? '' : el('p', {}, 'to mend it: ', el('code', {}, help)),
      evidence?.tail === undefined || evidence.tail.trim() === ''
        ? ''
        : el('details', {}, el('summary', {}, 'its last words'), el('pre', {}, evidence.tail)),
    );
  });
  return el(
    'section',
    {},
    el('h2', {}, 'Not measured'),
    el('div', { class: 'card' }, el('ul', { class: 'rows' }, ...items)),
  );
}

function idleSection({ idle }: Story): Html {
  if (idle.length === 0) return NOTHING;
  const items = idle.map(({ id, measurement }) =>
    el('li', {}, el('b', {}, id), ` ${measurement.why ?? ''}`),
  );
  const head = el('summary', {}, `Nothing to measure here: ${plural(idle.length, 'runner')}`);
  return el('details', { class: 'card' }, head, el('ul', { class: 'rows' }, ...items));
}

function footer(result: CheckResult, version: string): Html {
  const { commit, configuration, startedAt, partial } = result;
  const kept = `.nemesis/reports/${partial === undefined ? 'check' : 'partial'}.json`;
  const facts = [
    `nemesis ${version}`,
    `configuration ${configuration}`,
    ...(commit === undefined ? [] : [`commit ${commit}`]),
    `${new Date(startedAt).toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    `everything stands in ${kept}`,
  ];
  return el('footer', {}, facts.join(' · '));
}
