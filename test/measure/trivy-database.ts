/**
 * A vulnerability database as trivy keeps it in its cache, made by hand: a bbolt file whose buckets all lie inline in
 * one leaf page, and the `metadata.json` beside it. https://github.com/etcd-io/bbolt (`internal/common/page.go`)
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export interface KnownFlaw {
  readonly id: string;
  /** As trivy names its sources: `npm::GitHub Security Advisory npm`, `alpine 3.19`. */
  readonly source: string;
  readonly package: string;
  /** Of a language package. */
  readonly vulnerable?: string;
  /** Of a package of a system, and of a language where one is known. */
  readonly fixed?: string;
  /** Absent: nobody rated it. */
  readonly severity?: string;
}

/** @returns the cache folder, for TRIVY_CACHE_DIR */
export function writeTrivyCache(
  cache: string,
  flaws: readonly KnownFlaw[],
  updatedAt: Date = new Date(),
  version = 2,
): string {
  const folder = path.join(cache, 'db');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'trivy.db'), boltFile(bucketsOf(flaws)));
  const metadata = {
    Version: version,
    NextUpdate: new Date(updatedAt.getTime() + 86_400_000),
    UpdatedAt: updatedAt,
    DownloadedAt: updatedAt,
  };
  writeFileSync(path.join(folder, 'metadata.json'), JSON.stringify(metadata));
  return cache;
}

/** A bucket's entries: a value, or a bucket in it. */
interface Bucket {
  [key: string]: string | Bucket;
}

function bucketsOf(flaws: readonly KnownFlaw[]): Bucket {
  const sources: Bucket = {};
  const details: Bucket = {};
  const root: Bucket = { 'data-source': sources, vulnerability: details };
  for (const flaw of flaws) {
    const packages = (root[flaw.source] ??= {}) as Bucket;
    const advisories = (packages[flaw.package] ??= {}) as Bucket;
    advisories[flaw.id] = JSON.stringify(
      flaw.vulnerable === undefined
        ? { FixedVersion: flaw.fixed }
        : { VulnerableVersions: [flaw.vulnerable], PatchedVersions: flaw.fixed && [flaw.fixed] },
    );
    sources[flaw.source] = JSON.stringify({
      ID: 'ghsa',
      Name: flaw.source,
      URL: 'https://x.example',
    });
    details[flaw.id] = JSON.stringify({
      Title: `flaw of ${flaw.package}`,
      Severity: flaw.severity,
    });
  }
  return root;
}

const PAGE = 4096;
const HEADER = 16;
const FLAG = { leaf: 0x02, meta: 0x04, freelist: 0x10 };

function boltFile(root: Bucket): Buffer {
  const leaf = leafPage(root, 3);
  const pages = Math.ceil(leaf.length / PAGE);
  leaf.writeUInt32LE(pages - 1, 12);
  const file = Buffer.alloc((3 + pages) * PAGE);
  metaPage(0, 3 + pages).copy(file, 0);
  metaPage(1, 3 + pages).copy(file, PAGE);
  header(2, FLAG.freelist, 0).copy(file, 2 * PAGE);
  leaf.copy(file, 3 * PAGE);
  return file;
}

function header(id: number, flags: number, count: number): Buffer {
  const bytes = Buffer.alloc(HEADER);
  bytes.writeBigUInt64LE(BigInt(id), 0);
  bytes.writeUInt16LE(flags, 8);
  bytes.writeUInt16LE(count, 10);
  return bytes;
}

/** Elements first, each pointing from itself at its key and value. A bucket's value is its own page behind 16 bytes. */
function leafPage(bucket: Bucket, id = 0): Buffer {
  const entries = Object.entries(bucket)
    .map(([key, value]) => ({ key: Buffer.from(key), value }))
    .sort((a, b) => Buffer.compare(a.key, b.key));
  const elements = Buffer.alloc(entries.length * 16);
  const data: Buffer[] = [];
  let at = elements.length;
  for (const [index, { key, value }] of entries.entries()) {
    const isBucket = typeof value !== 'string';
    const content = isBucket
      ? Buffer.concat([Buffer.alloc(16), leafPage(value)])
      : Buffer.from(value);
    elements.writeUInt32LE(isBucket ? 1 : 0, index * 16);
    elements.writeUInt32LE(at - index * 16, index * 16 + 4);
    elements.writeUInt32LE(key.length, index * 16 + 8);
    elements.writeUInt32LE(content.length, index * 16 + 12);
    data.push(key, content);
    at += key.length + content.length;
  }
  return Buffer.concat([header(id, FLAG.leaf, entries.length), elements, ...data]);
}

function metaPage(id: number, pages: number): Buffer {
  const meta = Buffer.alloc(64);
  meta.writeUInt32LE(0xed0cdaed, 0);
  meta.writeUInt32LE(2, 4);
  meta.writeUInt32LE(PAGE, 8);
  for (const [offset, value] of [
    [16, 3], // root bucket
    [32, 2], // freelist
    [40, pages],
    [48, id],
  ] as const)
    meta.writeBigUInt64LE(BigInt(value), offset);
  meta.writeBigUInt64LE(fnv1a(meta.subarray(0, 56)), 56);
  return Buffer.concat([header(id, FLAG.meta, 0), meta]);
}

/** 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/ */
function fnv1a(bytes: Buffer): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash;
}
