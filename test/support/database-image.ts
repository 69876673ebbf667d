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

/** Makes the image once a run; vitest calls it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const image = await mkdtemp(join(tmpdir(), 'ai-fix-image-'));
  await makeDatabaseImage(image);
  project.provide('databaseImage', image);
  return () => rm(image, { recursive: true, force: true });
}

export async function copyDatabaseImage(image: string, dataDir: string): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  await cp(join(image, 'postgres'), join(dataDir, 'postgres'), { recursive: true });
}
