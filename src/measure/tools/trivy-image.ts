/**
 * `trivy image`: known vulnerabilities of what lies in a container image. Counted apart from the packages of the
 * repository, which lie in the image once more. Images are taken from a file or from this machine, never from a registry.
 */

import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Project } from '../project.ts';
import type { InPlay } from '../runner.ts';
import {
  defineTool,
  runTool,
  type NoCommand,
  type RawRun,
  type Reading,
  type ToolRunner,
  type ToolSpec,
} from '../tool.ts';
import { holdsImage } from './image-file.ts';
import { databaseOf, databaseText } from './trivy-database.ts';
import { COMMON_ARGUMENTS, readScan } from './trivy-report.ts';
import { packagesOf, sourceMetrics, sourceValues, type SourceMetric } from './vulnerabilities.ts';

type Metric = SourceMetric<'image'>;

const tool = defineTool<Metric>({
  id: 'trivy-image',
  about: 'known vulnerabilities of the container image that is released',
  needs: 'an image: `audit.image`, or an artifact that is one',
  install: 'install trivy: https://trivy.dev/latest/getting-started/installation/',
  metrics: sourceMetrics('image'),
  location: { name: 'trivy' },
  kind: 'analyser',
  inPlay,
  command: ({ project, workDir }) => {
    const image = imageArguments(project);
    if ('instead' in image) return image;
    const database = databaseOf(project, Date.now());
    if ('instead' in database) return database;
    return {
      argv: [
        ...['image', '--cache-dir', database.cache, ...COMMON_ARGUMENTS],
        ...['--output', path.join(workDir, 'report.json'), ...image],
      ],
      report: 'report.json',
    };
  },
  read: (raw) => readImage(raw),
});

export const trivyImage: ToolRunner = {
  ...tool,
  measure: (context) =>
    runTool(
      {
        ...(tool.spec as ToolSpec<Metric>),
        read: (raw: RawRun) => readImage(raw, context.project),
      },
      context,
    ),
};

function inPlay(project: Project): InPlay {
  const { image, artifact } = project.audit;
  if (image !== undefined) return { inPlay: true, because: `audit: { image: ${image} }` };
  if (artifact !== undefined && holdsImage(path.resolve(project.root, artifact))) {
    return { inPlay: true, because: `release artifact ${artifact}` };
  }
  return { inPlay: false, why: 'no image is released, and `audit: { image }` names none' };
}

/** What looks like a path has to be there; any other name is one of an image on this machine. */
function imageArguments({ root, audit }: Project): readonly string[] | NoCommand {
  const named = audit.image ?? audit.artifact;
  if (named === undefined) {
    const why = 'no image is named';
    return { instead: { state: 'bad_config', why, help: 'audit: { image: image.tar }' } };
  }
  const file = path.resolve(root, named);
  if (existsSync(file)) return ['--input', file];
  if (/^\.{0,2}\/|\.(tar|tgz|tar\.gz)$/.test(named)) {
    const why = `there is no ${named}`;
    return { instead: { state: 'bad_config', why, help: 'build the image before it is audited' } };
  }
  return ['--image-src', 'docker,containerd,podman', '--', named];
}

function readImage(raw: RawRun, project?: Project): Reading<Metric> {
  const scan = readScan('trivy-image', raw, new Set());
  if (!scan.ok) {
    const { ok: _, ...reading } = scan;
    return reading;
  }
  const { counts, findings, summary, exitExplained } = scan;
  return {
    state: findings.length === 0 ? 'clean' : 'findings',
    metrics: sourceValues('image', counts),
    ...packagesOf(findings, ['image_']),
    ...{ findings, exitExplained, summary: summary + databaseText(project) },
  };
}
