/** A container image as `docker save` writes it, made by hand of the files in its one layer. */

import { createHash } from 'node:crypto';

/** A tar archive of plain files. https://www.gnu.org/software/tar/manual/html_node/Standard.html */
export function tarOf(files: Readonly<Record<string, string | Buffer>>): Buffer {
  const blocks = Object.entries(files).flatMap(([name, content]) => {
    const bytes = Buffer.from(content as string);
    const header = Buffer.alloc(512);
    header.write(name, 0, 100);
    header.write('0000644\0', 100);
    header.write('0000000\0', 108);
    header.write('0000000\0', 116);
    header.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124);
    header.write('00000000000\0', 136);
    header.write('        ', 148);
    header.write('0', 156);
    header.write('ustar\u000000', 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

export function imageOf(files: Readonly<Record<string, string>>): Buffer {
  const layer = tarOf(files);
  const sha = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex');
  const config = JSON.stringify({
    ...{ architecture: 'amd64', os: 'linux', config: {}, created: '2026-01-02T03:04:05Z' },
    rootfs: { type: 'layers', diff_ids: [`sha256:${sha(layer)}`] },
    history: [{ created: '2026-01-02T03:04:05Z', created_by: 'COPY shop' }],
  });
  const name = `${sha(config)}.json`;
  const manifest = [{ Config: name, RepoTags: ['shop:1.0.0'], Layers: ['layer/layer.tar'] }];
  return tarOf({
    [name]: config,
    'layer/layer.tar': layer,
    'manifest.json': JSON.stringify(manifest),
  });
}

/** An alpine with one package of the system, and a Node program with one dependency. */
export const ALPINE: Readonly<Record<string, string>> = {
  'etc/alpine-release': '3.19.0\n',
  'etc/os-release': 'ID=alpine\nVERSION_ID=3.19.0\n',
  'lib/apk/db/installed': 'P:musl\nV:1.2.4-r1\nA:x86_64\no:musl\n\n',
  'app/node_modules/money/package.json': '{"name":"money","version":"1.0.0"}',
};
