/**
 * What nemesis brings along for Python, so that a repository without a linter can be measured: complexity, names,
 * documentation, and two kinds of injection, by a few of ruff's rules (https://docs.astral.sh/ruff/rules/) on a ruff
 * of nemesis' own. What a comment of the project exempts by its rule (`# noqa: S608`) stays exempt and is counted; a
 * blanket `# noqa` is not heard.
 *
 * The order of imports is not among them: a rule for it needs to know which packages are the project's own and how
 * it wraps lines, so that to judge by a style nobody here chose would be no measurement. isort or ruff, where the
 * project has them, judge it.
 */

import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Finding } from '../../judge/finding.ts';
import { isConcerned } from '../concerned.ts';
import type { MetricValue } from '../runner.ts';
import { isTest, pythonManifest, pythonSources } from '../python/files.ts';
import { PythonRulesFailure, PythonRulesReport } from '../python-rules/report.ts';
import { defineTool, type RawRun, type Reading } from '../tool.ts';
import { byComment } from './by-comment.ts';
import { CODE_METRICS, type CodeMetric } from './code-metrics.ts';
import { complaintIn } from './complaint.ts';
import { counted } from './counted.ts';
import { readJsonReport } from './json-report.ts';
import { CODE_UNPARSEABLE } from './code-unparseable.ts';
import { unreadable } from './unreadable.ts';

type Remark = PythonRulesReport['remarks'][number];
type Metric = Exclude<CodeMetric, 'import_order' | 'imports_unsorted'> | 'code_unparseable';

const { import_order: _order, imports_unsorted: _unsorted, ...METRICS } = CODE_METRICS;

export const pythonRules = defineTool({
  id: 'python-rules',
  about: 'complexity, names, documentation and injection in Python, by rules nemesis brings',
  needs: 'a Python project: pyproject.toml, setup.py, requirements.txt …',
  install: 'npm ci, in the folder of nemesis',
  metrics: { ...METRICS, code_unparseable: CODE_UNPARSEABLE },
  location: {
    name: 'ruff',
    own: {
      program: programFile,
      package: '@astral-sh/ruff-wasm-nodejs',
      // The optimising compiler takes seconds for this module, and a run of it hardly one.
      flags: ['--liftoff-only'],
    },
  },
  kind: 'analyser',
  perFile: true,
  inPlay(project) {
    if (pythonManifest(project) === undefined) return { inPlay: false, why: 'no Python project' };
    return pythonSources(project).length === 0
      ? { inPlay: false, why: 'no Python files' }
      : { inPlay: true, because: 'brought by nemesis' };
  },
  command({ project, workDir }) {
    const files = pythonSources(project).filter((file) => isConcerned(project, file));
    if (files.length === 0) return { instead: NOTHING };
    return {
      argv: [path.join(workDir, 'files.json'), path.join(workDir, 'report.json')],
      inputs: { 'files.json': JSON.stringify(files) },
      report: 'report.json',
    };
  },
  read: readReport,
});

const NOTHING = { state: 'nothing_measured', why: 'no Python file to read' } as const;

/** Absolute: beside the bundle it is a file of its own, from the sources it is where it is written. */
function programFile(): string {
  const here = path.dirname(fileURLToPath(import.meta.url));
  const built = path.join(here, 'python-rules.js');
  return existsSync(built) ? built : path.join(here, '..', 'python-rules', 'program.ts');
}

function readReport(raw: RawRun): Reading<Metric> {
  if (raw.exitCode !== 0) {
    const why = complaintIn(raw.stderr, raw.root) || `exit code ${raw.exitCode} and no word why`;
    return { state: 'crashed', why };
  }
  const failure = readJsonReport(raw.report, PythonRulesFailure);
  if (failure.ok) return { state: 'crashed', why: failure.value.failed };
  const report = readJsonReport(raw.report, PythonRulesReport);
  if (!report.ok) return { state: report.state, why: report.why };
  const { checked, complexity, remarks, exempted, unread, large, generated } = report.value;
  if (checked === 0) {
    return generated.length > 0 ? { ...NOTHING, why: 'every Python file is generated' } : NOTHING;
  }
  const findings = remarks.flatMap(findingOf);
  const left = [...unread, ...large].map(({ file, why }) => leftOut(file, why));
  const broken = findings.filter(({ metric }) => metric === 'code_unparseable');
  /** What is wrong stays wrong; that nothing is wrong can only be said of files that were read. */
  const lacking = unreadable([...broken, ...unread].map(({ file = '' }) => file));
  const count = (wanted: Metric): number =>
    findings.filter(({ metric }) => metric === wanted).length;
  const claim = <const C extends Metric, const N extends Metric>(name: C, number: N) => {
    const against = count(number);
    const says = against > 0 ? false : (lacking ?? true);
    return { [name]: says, [number]: lacking ?? against } as Record<C | N, MetricValue>;
  };
  return {
    state: findings.length + left.length === 0 ? 'clean' : 'findings',
    metrics: {
      complexity_score: lacking ??
        complexity ?? { notApplicable: 'there is no function in Python' },
      ...claim('consistent_naming', 'naming_violations'),
      ...claim('no_sql_injection', 'sql_injection_risks'),
      ...claim('no_xss_vulnerabilities', 'xss_risks'),
      ...claim('public_functions_documented', 'public_functions_undocumented'),
      code_unparseable: broken.length,
    },
    findings: [...findings, ...left],
    summary: `${byComment(exempted.flatMap(findingOf).length)}${counted(checked, 'file')}, complexity up to ${complexity ?? 'nothing'}`,
  };
}

const NAMES = /^N8/;
const SQL = /^S6/;
/** `exec` and `eval` among them, as in JavaScript. */
const XSS = /^S(102|307|308|70\d)$/;
/** These run their own files while a package or its documentation is built. */
const BUILDS = /(^|\/)(setup|conf)\.py$/;
const DOCUMENTATION = /^D10/;
const SYNTAX = 'invalid-syntax';

/** Often broken on purpose, or in the Python of another time. */
const SAMPLES = /(^|\/)(fixtures?|testdata|test-data|data|cases|samples?|templates?|snippets?)\//i;
/** Nobody imports these; a name that begins with an underscore says the same of a module. */
const NOT_PUBLIC =
  /(^|\/)(docs?|examples?|benchmarks?|scripts?|tools)\/|(^|\/)_(?!_init__\.py$)|^(setup|noxfile|tasks|fabfile|manage)\.py$/;

function findingOf({ file, rule, line, column, message }: Remark): Finding[] {
  const test = isTest(file);
  const place = { tool: 'python-rules', rule, file, line, column };
  if (rule === SYNTAX) {
    const excused = SAMPLES.test(file) && (test || !file.startsWith('src/'));
    return [
      excused
        ? { ...place, severity: 'info', message }
        : { ...place, severity: 'error', message, metric: 'code_unparseable' },
    ];
  }
  if (rule === 'C901') return [{ ...place, severity: 'warning', message }];
  if (test || (/^S(102|307)$/.test(rule) && BUILDS.test(file))) return [];
  if (DOCUMENTATION.test(rule)) {
    if (NOT_PUBLIC.test(file)) return [];
    return [{ ...place, severity: 'info', message, metric: 'public_functions_undocumented' }];
  }
  if (NAMES.test(rule))
    return [{ ...place, severity: 'warning', message, metric: 'naming_violations' }];
  const metric = SQL.test(rule) ? 'sql_injection_risks' : XSS.test(rule) ? 'xss_risks' : undefined;
  return [{ ...place, severity: 'error', message, ...(metric === undefined ? {} : { metric }) }];
}

function leftOut(file: string, why: string): Finding {
  return { tool: 'python-rules', rule: 'left-out', severity: 'warning', file, message: why };
}
