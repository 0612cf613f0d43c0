/** Ways to spoil a gate file or a configuration: good YAML that says what cannot be. */

import { replacedOnce, type Spoiler } from './spoilers.ts';

const SCALAR_KEYS = /^(agent_id|name|type|trigger|schedule|on_failed_check): .*$/gm;
const LIST_KEYS = /^(runners|blocking_rules|warning_rules):(.*\n(?:(?: .*)?\n)*)/gm;
const SENTENCE = /^( +)- ([a-z_.]+) (==|<=|>=|<|>) (\S+)$/gm;

export const gateSpoilers: readonly Spoiler[] = [
  {
    what: 'the beginning only', // without a name and a type it is no agent
    spoil: (good) => {
      const end = good.indexOf('\nname:');
      return [1, 0.9, 0.7, 0.4].map((share) => good.slice(0, Math.floor(end * share)));
    },
  },
  {
    what: 'a list where text belongs',
    spoil: (good) => replacedOnce(good, SCALAR_KEYS, ([, key]) => `${key}: [a, b]`),
  },
  {
    what: 'a mapping where text belongs',
    spoil: (good) => replacedOnce(good, SCALAR_KEYS, ([, key]) => `${key}: { a: b }`),
  },
  {
    what: 'text that means nothing there', // an id with a space, a type, trigger, level nobody knows
    spoil: (good) => replacedOnce(good, SCALAR_KEYS, ([, key]) => `${key}: no such thing`),
  },
  {
    what: 'nothing where something belongs',
    spoil: (good) => replacedOnce(good, SCALAR_KEYS, ([, key]) => `${key}:`),
  },
  {
    what: 'text where a list belongs',
    spoil: (good) => replacedOnce(good, LIST_KEYS, ([, key]) => `${key}: some text\n`),
  },
  {
    what: 'lists in a list',
    spoil: (good) => replacedOnce(good, LIST_KEYS, ([, key]) => `${key}: [[[a]]]\n`),
  },
  {
    what: 'an unknown metric',
    spoil: (good) =>
      replacedOnce(
        good,
        SENTENCE,
        ([, lead, name, op, value]) => `${lead}- no_${name}_x ${op} ${value}`,
      ),
  },
  {
    what: 'a sign that is none',
    spoil: (good) =>
      replacedOnce(good, SENTENCE, ([, lead, name, , value]) => `${lead}- ${name} =~ ${value}`),
  },
  {
    what: 'half a sentence',
    spoil: (good) => replacedOnce(good, SENTENCE, ([, lead, name, op]) => `${lead}- ${name} ${op}`),
  },
  {
    what: 'the > trap', // `key: > value` is a block of text with a broken head
    spoil: (good) =>
      replacedOnce(good, SENTENCE, ([, lead, name, , value]) => `${lead}- ${name}: >= ${value}`),
  },
  {
    what: 'a comparison without its metric',
    spoil: (good) =>
      replacedOnce(good, SENTENCE, ([, lead, , , value]) => `${lead}- > ${value}`).slice(0, 4),
  },
  {
    what: 'a unit that cannot be', // nothing in the shipped gates is measured in requests a second
    spoil: (good) => replacedOnce(good, SENTENCE, ([, lead, name]) => `${lead}- ${name} > 5 req/s`),
  },
  {
    what: 'an entry out of line',
    spoil: (good) => replacedOnce(good, /(?<=\n( +)- .*\n)\1- /g, (match) => match[0].slice(1)),
  },
  {
    what: 'an unknown runner',
    spoil: (good) =>
      replacedOnce(good, /(?<=^runners: \[.*)[a-z][a-z-]*(?=[\],])/gm, ([name]) => `no-${name}`),
  },
  {
    what: 'an unknown section',
    spoil: (good) => [`${good}\nblocking_rules: [any(no_such_section)]\n`],
  },
  {
    what: 'weights that are not 100%',
    spoil: (good) =>
      replacedOnce(good, /weight: (\d+)%/g, ([, share]) => `weight: ${Number(share) + 1}%`),
  },
  {
    what: 'a weight that is none',
    spoil: (good) => replacedOnce(good, /weight: \d+%/g, () => 'weight: much'),
  },
  {
    what: 'a metric of the score that is missing',
    spoil: (good) => replacedOnce(good, /^ {2}([a-z_]+)(?=: 100)/gm, ([, name]) => `  no_${name}`),
  },
  {
    what: 'bands with a gap',
    spoil: (good) =>
      replacedOnce(
        good,
        /'(>=|<) (\d+)%'/g,
        ([, op, share]) => `'${op} ${Number(share) === 85 ? 60 : 50}%'`,
      ),
  },
];

const CONFIG_ENTRY = /^([a-z_]+):(.*\n(?:(?: .*)?\n)*)/gm;

export const configSpoilers: readonly Spoiler[] = [
  // `extends` takes a text or a list; a list of lists fits nowhere
  {
    what: 'lists in a list',
    spoil: (good) => replacedOnce(good, CONFIG_ENTRY, ([, key]) => `${key}: [[[a]]]\n`),
  },
  // no value of a configuration may be this text: not even as the name of a preset, path or package
  {
    what: 'text that fits nowhere',
    spoil: (good) =>
      replacedOnce(good, CONFIG_ENTRY, ([, key]) => `${key}: 'no such thing: /'\n`).filter(
        (text) => !/^gates:/m.test(text),
      ),
  },
  {
    what: 'nothing where something belongs',
    spoil: (good) => replacedOnce(good, CONFIG_ENTRY, ([, key]) => `${key}:\n`),
  },
  {
    what: 'names that nobody knows',
    spoil: (good) =>
      replacedOnce(
        good,
        /\b(coverage_overall|eslint_warnings|npm-audit|eslint|tsc|vitest|observe|enforce|block|backend_unavailable|timed_out|nemesis\/recommended|unit|framework|5m|90s|64MiB)\b/g,
        ([name]) => `no-${name}`,
      ),
  },
  {
    what: 'a limit that is none',
    spoil: (good) =>
      replacedOnce(
        good,
        /(?<=^ {2}(?:coverage_overall|eslint_warnings): )(?:62%|20)$/gm,
        () => '5 req/s',
      ),
  },
  {
    what: 'the > trap',
    spoil: (good) =>
      replacedOnce(
        good,
        /(?<=^ {2}(?:coverage_overall|eslint_warnings): )(?:62%|20)$/gm,
        ([limit]) => `>= ${limit}`,
      ),
  },
  {
    what: 'half an environment', // without its driver, or without what its driver needs
    spoil: (good) =>
      replacedOnce(good, /^ {4}(?:driver|listen|start|observe|apply): .*\n/gm, () => ''),
  },
  {
    what: 'another driver', // each has keys that the other one has not
    spoil: (good) =>
      replacedOnce(good, /(?<=driver: )(local|command)/g, ([name]) =>
        name === 'local' ? 'command' : 'local',
      ),
  },
  {
    what: 'an environment, step, dial or variable by another name',
    spoil: (good) =>
      replacedOnce(
        good,
        /\b(staging|production|notify_team|instances|traffic|GITHUB_SHA)\b(?!: enforce)/g,
        ([name]) => `no ${name}`,
      ),
  },
  {
    what: 'a number or an address that cannot be',
    spoil: (good) => [
      ...replacedOnce(good, /(?<=speed: )60/g, () => '0.5'),
      ...replacedOnce(good, /8081/g, () => '99999'),
      ...replacedOnce(good, /127\.0\.0\.1/g, () => '127.0.0.1.'),
      ...replacedOnce(good, /(?<=interval: )1s/g, () => '1 second'),
    ],
  },
  {
    what: 'a command for a shell',
    spoil: (good) =>
      replacedOnce(
        good,
        /(?<=: )(npm run build|node .*|ops\/look)/g,
        ([line]) => `${line} | tee log`,
      ),
  },
  {
    what: 'a place outside',
    spoil: (good) =>
      ['/etc', '../..', 'C:\\gates', './nowhere'].flatMap((place) => [
        `${good}gates: '${place}'\n`,
        good.replace("['nemesis/recommended']", `'${place}'`),
      ]),
  },
];
