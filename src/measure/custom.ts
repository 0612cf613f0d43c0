/**
 * A runner declared in the config: any command that writes a report in a known format. The report may lie
 * anywhere in the project, so it has to prove that it is a regular file in there and of this very run.
 */

import path from 'node:path';
import type { CustomRunner } from '../config/config.ts';
import { locateDeclared } from './declared-command.ts';
import { readCustomReport, type CustomReading } from './custom-report.ts';
import { relativeTo } from './formats/lcov.ts';
import { packLines, type LineCoverage, type LineMeasurement } from './line-coverage.ts';
import { fileInside } from './suites/said.ts';
import { readReportFile, stampOf } from './custom-file.ts';
import type { Project } from './project.ts';
import type { RunContext, Runner } from './runner.ts';
import { absent, runTool, type Reading } from './tool.ts';

export function customRunner(config: CustomRunner): Runner {
  return {
    id: config.id,
    about: `${config.argv[0] ?? 'a command'}, declared in the config`,
    metrics: config.metrics,
    inPlay: () => ({ inPlay: true, because: `custom run \`${config.id}\` in the config` }),
    isFound: (project) => locateDeclared(config.argv[0] ?? '', project).ok,
    measure: (context) => measureCustom(config, context),
  };
}

async function measureCustom(config: CustomRunner, context: RunContext): Promise<LineMeasurement> {
  const { project } = context;
  const located = locateDeclared(config.argv[0] ?? '', project);
  if (!located.ok) return absent(located.state, located.why);
  const { reportFile } = config;
  const before = reportFile === undefined ? undefined : stampOf(project.root, reportFile);
  const startedAtMs = Date.now();
  let lines: LineCoverage | undefined;
  const measurement = await runTool<string>(
    {
      id: config.id,
      install: `make \`${config.argv[0]}\` available`,
      location: { name: located.file },
      kind: 'project',
      command: () => ({ argv: config.argv.slice(1) }),
      read(raw) {
        if (!config.measuredWhen.includes(raw.exitCode)) {
          const codes = config.measuredWhen.join(', ');
          return {
            state: 'crashed',
            why: `it exited ${raw.exitCode}, and only ${codes} count as a run (measured_when)`,
          };
        }
        const report =
          reportFile === undefined
            ? ({ ok: true, text: raw.stdout } as const)
            : readReportFile(project.root, reportFile, {
                before,
                startedAtMs,
                capBytes: context.outputCapBytes,
              });
        if (!report.ok) return { state: report.state, why: report.why };
        const reading = readCustomReport(report.text, config);
        if (config.joins === 'coverage') lines = joinedLines(reading, project);
        return toReading(reading, config, raw);
      },
    },
    { ...context, timeoutMs: config.timeoutMs ?? context.timeoutMs },
  );
  const { evidence } = measurement;
  const joining = lines === undefined ? {} : { lineCoverage: lines };
  return evidence === undefined
    ? measurement
    : {
        ...measurement,
        ...joining,
        evidence: {
          ...evidence,
          tool: config.id,
          argv: config.argv,
          report: reportFile ?? 'stdout',
        },
      };
}

/** Where a name stands for a file of the project, below a folder that the report names or the root. */
function joinedLines(reading: CustomReading, { root, files }: Project): LineCoverage | undefined {
  if (reading.kind !== 'numbers' || reading.reached === undefined) return undefined;
  const { hits, sources } = reading.reached;
  const known = new Set(files);
  const placed = [...hits].map(([file, lines]) => {
    const candidates = ['', ...sources].map((source) => path.resolve(root, source, file));
    const found = candidates.find((name) => known.has(path.relative(root, name)));
    return [found ?? file, lines] as const;
  });
  return packLines(relativeTo(root, new Map(placed)));
}

/** Formats that list problems must explain a failing exit code by one; the others are only numbers. */
function toReading(
  reading: CustomReading,
  { id, format }: CustomRunner,
  raw: { readonly exitCode: number; readonly root: string },
): Reading<string> {
  if (reading.kind === 'no_numbers') return { state: reading.state, why: reading.why };
  const findings = reading.findings.map(({ file, ...finding }) => {
    const inside = file === undefined ? undefined : fileInside(raw.root, file);
    return { tool: id, ...finding, ...(inside === undefined ? {} : { file: inside }) };
  });
  const lists = format === 'sarif' || format === 'junit';
  const hasProblems = findings.length > 0 || (!lists && raw.exitCode !== 0);
  return {
    state: hasProblems ? 'findings' : 'clean',
    metrics: reading.metrics,
    findings,
    summary: reading.summary,
  };
}
