import type { FileChanges } from '../stand-in/repository.ts';
import { seededRandom } from './statistics.ts';

const packages = 50;
const modulesPerPackage = 20;
const filesPerModule = 50;
export const fileCount = packages * modulesPerPackage * filesPerModule;

/** 50,000 text files on three levels, about 60 MB. */
export function largeFiles(): FileChanges {
  const random = seededRandom(50_000);
  const files: Record<string, string> = {};
  for (let index = 0; index < fileCount; index++) {
    const file = index % filesPerModule;
    const module = Math.floor(index / filesPerModule) % modulesPerPackage;
    const folder = `package-${Math.floor(index / filesPerModule / modulesPerPackage)}/module-${module}`;
    files[`${folder}/part-${file}.js`] = sourceText(index, random);
  }
  return files;
}

/** Every file differs, as sources do, and packs as well as they do. */
function sourceText(index: number, random: () => number): string {
  const lines = Array.from({ length: 25 }, (_, line) => {
    const number = Math.floor(random() * 1e9).toString(36);
    return `export const value_${index}_${line} = compute('${number}', ${line});`;
  });
  return `${lines.join('\n')}\n`;
}
