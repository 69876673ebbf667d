import { readFileSync, writeFileSync } from 'node:fs';
import { renderStory } from './story-table.ts';

/** `npm run docs`: puts the story as the code tells it into docs/architecture.md. */
const path = new URL('../../docs/architecture.md', import.meta.url);
const text = readFileSync(path, 'utf8');
writeFileSync(
  path,
  text.replace(
    /(<!-- story -->\n)[\s\S]*?(<!-- \/story -->)/,
    (_all, begin: string, end: string) => `${begin}${renderStory()}\n${end}`,
  ),
);
