/** Where one instance of a release answers directly, past the splitter: for tries before it has traffic. */

import type { ReleaseRecord } from '../../../history/records.ts';
import { releaseKey } from '../../driver.ts';
import { folderOf, type LocalEnvironment } from './environment.ts';
import { instancesFile } from './folders.ts';
import { InstancesShape } from './shapes.ts';
import { readJson } from './whole-file.ts';

/** `http://127.0.0.1:40123`; undefined where no healthy instance of it runs. */
export function localAddress(local: LocalEnvironment, release: ReleaseRecord): string | undefined {
  const read = InstancesShape.safeParse(readJson(instancesFile(folderOf(local))));
  const wanted = releaseKey(release);
  const found = (read.data ?? []).find(
    (one) => one.isHealthy && releaseKey(one.release) === wanted,
  );
  return found === undefined ? undefined : `http://127.0.0.1:${found.port}`;
}
