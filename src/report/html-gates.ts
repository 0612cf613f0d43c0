/** The gates of the HTML report: what decided first, then every gate with all its sentences. */

import type { GateVerdict, JudgedSentence } from '../judge/verdict.ts';
import type { CheckResult } from '../pipeline/result.ts';
import { element as el, NOTHING, type Html } from './html-text.ts';
import { verdictWord } from './look.ts';
import { acceptedIn, type Story, type ToldSentence, type Trouble, type Weight } from './story.ts';
import type { ToldWaiver } from './told-waivers.ts';
import { plural } from './wording.ts';

const LOOKS = { blocked: 'bad', undecided: 'unknown', warned: 'warn', passed: 'good' } as const;

/** Its colour, the word for one, and the word for several. */
const WEIGHTS: Readonly<Record<Weight, readonly [string, string, string]>> = {
  blocks: ['bad', 'blocks', 'blocking'],
  undecided: ['unknown', 'undecided', 'undecided'],
  warns: ['warn', 'warns', 'warning'],
  holds: ['good', 'holds', 'holding'],
  not_applicable: ['none', 'not here', 'not here'],
};

/** What a page shows of one list; nobody reads further, and a browser has to draw it. */
const MOST = 1_000;

export function troublesSection({ causes, waivers }: Story): Html {
  const expired = waivers.filter(({ blocks }) => blocks);
  if (causes.length + expired.length === 0) return NOTHING;
  const items = [...expired.map(waiverItem), ...causes.map(causeItem)].slice(0, MOST);
  return el(
    'section',
    {},
    el('h2', {}, 'What decided'),
    el('div', { class: 'card' }, el('ul', { class: 'rows' }, ...items)),
  );
}

/** Those that stop nothing: what they cover, and what somebody should look at. */
export function waiversSection({ waivers }: Story): Html {
  const own = waivers.filter(({ blocks }) => !blocks);
  if (own.length === 0) return NOTHING;
  const items = own.slice(0, MOST).map(waiverItem);
  return el(
    'section',
    {},
    el('h2', {}, 'Waivers'),
    el('div', { class: 'card' }, el('ul', { class: 'rows' }, ...items)),
  );
}

const WAIVER_WORDS: Readonly<Record<ToldWaiver['kind'], string>> = {
  ...{ covers: 'waived', expired: 'expired', ends_soon: 'ends soon', unused: 'unused' },
};

function waiverItem({ kind, gate, blocks, said, rows }: ToldWaiver): Html {
  const word = blocks ? 'blocks' : WAIVER_WORDS[kind];
  return el(
    'li',
    {},
    el('span', { class: `tag ${blocks ? 'bad' : 'warn'}` }, word),
    gate === undefined ? '' : el('span', { class: 'soft' }, `${gate} · `),
    said,
    ...rows.map(([label, text]) =>
      el('p', { class: 'soft' }, [label, text].filter(Boolean).join(': ')),
    ),
  );
}

export function gatesSection({ verdicts }: CheckResult, { sentences }: Story): Html {
  if (verdicts.length === 0) return NOTHING;
  const cards = verdicts.map((verdict) => gateCard(verdict, sentences));
  const all = verdicts.map((verdict) => {
    const own = sentences.filter((told) => told.verdict === verdict);
    const head = el('summary', {}, `${verdict.gate}: ${plural(own.length, 'sentence')}`);
    return el('details', { class: 'card' }, head, list(own));
  });
  return el('section', {}, el('h2', {}, 'Gates'), el('div', { class: 'gates' }, ...cards), ...all);
}

function gateCard(verdict: GateVerdict, sentences: readonly ToldSentence[]): Html {
  const { gate, kind, mode, expired = [] } = verdict;
  const own = sentences.filter((told) => told.verdict === verdict);
  const counts = (Object.keys(WEIGHTS) as Weight[]).flatMap((weight) => {
    const count = own.filter((told) => told.weight === weight).length;
    return count === 0 ? [] : [`${count} ${WEIGHTS[weight][2]}`];
  });
  return el(
    'div',
    { class: 'card' },
    el('h3', {}, gate),
    el('p', { class: LOOKS[kind] }, verdictWord(kind), mode === 'observe' ? ', observed only' : ''),
    el(
      'p',
      { class: 'soft' },
      [...counts, ...(expired.length > 0 ? [plural(expired.length, 'expired waiver')] : [])].join(
        ', ',
      ),
    ),
  );
}

function list(sentences: readonly ToldSentence[]): Html {
  const items = sentences.slice(0, MOST).map(sentenceItem);
  const hidden = sentences.length - items.length;
  const more = hidden > 0 ? [el('li', { class: 'soft' }, `… and ${hidden} more`)] : [];
  return el('ul', { class: 'rows' }, ...items, ...more);
}

function sentenceItem({ judged, weight, said }: ToldSentence): Html {
  const { text } = judged.sentence;
  const [look, word] = WEIGHTS[weight];
  return el(
    'li',
    {},
    el('span', { class: `tag ${look}` }, word),
    el('code', {}, text),
    ...said.filter((line) => line !== text).map((line) => el('p', {}, line)),
    el('p', { class: 'soft' }, notesOf(judged).join(' · ')),
  );
}

/** What is said of one or of many, then who asks. */
function causeItem({ weight, said, sentences }: Trouble): Html {
  const [look, word] = WEIGHTS[weight];
  const gates = [...new Set(sentences.map(({ verdict }) => verdict.gate))].join(', ');
  const asked = sentences
    .slice(0, MOST)
    .map(({ judged }) =>
      el(
        'p',
        { class: 'soft' },
        el('code', {}, judged.sentence.text),
        ` · ${notesOf(judged).join(' · ')}`,
      ),
    );
  return el(
    'li',
    {},
    el('span', { class: `tag ${look}` }, word),
    el('span', { class: 'soft' }, `${gates} · `),
    said.join('; '),
    ...asked,
  );
}

function notesOf(judged: JudgedSentence): readonly string[] {
  const { place, changedBy } = judged.sentence;
  return [
    `asked by ${place.file}:${place.line}`,
    ...(changedBy === undefined ? [] : [`changed by ${changedBy}`]),
    ...acceptedIn(judged),
  ];
}
