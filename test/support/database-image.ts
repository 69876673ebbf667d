import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { makeDatabaseImage } from '../../src/cli/eval/database-image.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A data folder whose embedded database has all tables: copied for a test, it boots in a second instead of five. */
    readonly databaseImage: string;
  }
}

/** Makes room for the image; whoever copies it first makes it. Vitest calls it once a run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const image = await mkdtemp(join(tmpdir(), 'ai-fix-image-'));
  project.provide('databaseImage', image);
  return () => rm(image, { recursive: true, force: true });
}

/** The image, made. */
export async function readyImage(image: string): Promise<string> {
  await makeOnce(image);
  return image;
}

export async function copyDatabaseImage(image: string, dataDir: string): Promise<void> {
  await makeOnce(image);
  await mkdir(dataDir, { recursive: true });
  await cp(join(image, 'postgres'), join(dataDir, 'postgres'), { recursive: true });
}

const lookMs = 100;
const patienceMs = 120_000;

/** Of the workers that want the image at once, one makes it. */
async function makeOnce(image: string): Promise<void> {
  const done = join(image, 'done');
  const isMine = await mkdir(join(image, 'begun')).then(
    () => true,
    () => false,
  );
  if (isMine) {
    await makeDatabaseImage(image);
    await mkdir(done);
  }
  for (let waitedMs = 0; !existsSync(done); waitedMs += lookMs) {
    if (waitedMs > patienceMs) throw new Error(`nobody made the database image within ${patienceMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, lookMs));
  }
}
