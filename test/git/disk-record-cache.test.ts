import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createDiskRecordCache } from '../../src/git/disk-record-cache.ts';

const repository = { installationId: 1, owner: 'Acme', name: 'Shop' };
const blob = (at: number): string => at.toString(16).padStart(40, '0');
const records = (...numbers: number[]) => new Map(numbers.map((at) => [blob(at), Uint8Array.from([at, at])]));
const needed = (...numbers: number[]) => new Set(numbers.map(blob));
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'record-cache-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const open = (limits: { maxRepositoryBytes?: number; maxBytes?: number } = {}) =>
  createDiskRecordCache({ dir, maxRepositoryBytes: 100_000, maxBytes: 1_000_000, ...limits });
const folder = () => join(dir, '1/acme/shop');
const filesIn = (at: string) => readdirSync(at).map((name) => join(at, name));
const loaded = async (cache = open(), version = 1) =>
  [...(await cache.load(repository, version))].map(([id, bytes]) => [Number.parseInt(id, 16), ...bytes]).sort();

it('what one process kept, another finds, from all saves together', async () => {
  await open().save(repository, 1, records(1, 2), needed(1, 2));
  await open().save(repository, 1, records(3), needed(1, 2, 3));

  expect(await loaded()).toEqual([
    [1, 1, 1],
    [2, 2, 2],
    [3, 3, 3],
  ]);
});

it('nothing is there at first, and another repository has nothing of this one', async () => {
  const cache = open();
  await cache.save(repository, 1, records(1), needed(1));

  expect(await cache.load({ ...repository, name: 'other' }, 1)).toEqual(new Map());
});

it.each([
  ['cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length - 1)],
  ['empty', () => Buffer.alloc(0)],
  ['somebody else’s', () => Buffer.from('#!/bin/sh\necho hello\n')],
  ['changed in one bit', (bytes: Buffer) => bytes.map((byte, at) => (at === bytes.length - 1 ? byte ^ 1 : byte))],
])('a file that is %s counts as never written, and goes', async (_how, damage) => {
  await open().save(repository, 1, records(1), needed(1));
  const [file = ''] = filesIn(folder());
  writeFileSync(file, damage(readFileSync(file)));

  expect(await loaded()).toEqual([]);
  expect(filesIn(folder())).toEqual([]);
});

it('records of another version are not understood by accident', async () => {
  await open().save(repository, 1, records(1), needed(1));

  expect(await loaded(open(), 2)).toEqual([]);
});

it('many saves become one file, which holds what is needed', async () => {
  const cache = open();
  for (let at = 1; at <= 7; at++) await cache.save(repository, 1, records(at), needed(5, 6, 7));

  expect(filesIn(folder())).toHaveLength(1);
  expect(await loaded()).toEqual([
    [5, 5, 5],
    [6, 6, 6],
    [7, 7, 7],
  ]);
});

it('a repository never takes more than its share of the disk', async () => {
  const cache = open({ maxRepositoryBytes: 60 });
  await cache.save(repository, 1, records(1), needed(1));
  await cache.save(repository, 1, records(2, 3), needed(2));

  expect(await loaded()).toEqual([[2, 2, 2]]);
});

it('when the disk’s share is used up, another repository makes room', async () => {
  const cache = open({ maxBytes: 60 });
  await cache.save(repository, 1, records(1), needed(1));
  await cache.save({ ...repository, name: 'other' }, 1, records(2), needed(2));

  expect(await loaded()).toEqual([]);
  expect((await cache.load({ ...repository, name: 'other' }, 1)).size).toBe(1);
});

it('a cache that is emptied while it is used is only empty', async () => {
  const cache = open();
  await cache.save(repository, 1, records(1), needed(1));
  rmSync(dir, { recursive: true });

  expect(await loaded(cache)).toEqual([]);
  await cache.save(repository, 1, records(2), needed(2));
  expect(await loaded(cache)).toEqual([[2, 2, 2]]);
});

it('a disk that cannot be written to costs nothing but the cache', async () => {
  writeFileSync(join(dir, '1'), 'a file where a folder should be');

  await open().save(repository, 1, records(1), needed(1));

  expect(await loaded()).toEqual([]);
});
