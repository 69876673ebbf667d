import { readFileSync, writeFileSync } from 'node:fs';
import { policyJsonSchema } from '../../src/config/repository.ts';
import { renderGallery } from './gallery.ts';
import { renderHostileSuite } from './hostile-table.ts';
import { renderStory } from './story-table.ts';

/** `npm run docs`: writes what the docs say of the code from the code itself. */
const architecture = new URL('../../docs/architecture.md', import.meta.url);
const text = readFileSync(architecture, 'utf8');
writeFileSync(
  architecture,
  text.replace(
    /(<!-- story -->\n)[\s\S]*?(<!-- \/story -->)/,
    (_all, begin: string, end: string) => `${begin}${renderStory()}\n${end}`,
  ),
);
writeFileSync(new URL('../../docs/hostile-suite.md', import.meta.url), `${renderHostileSuite()}\n`);
writeFileSync(new URL('../../docs/gallery.md', import.meta.url), renderGallery());
writeFileSync(
  new URL('../../docs/ai-fix.schema.json', import.meta.url),
  `${JSON.stringify(policyJsonSchema(), null, 2)}\n`,
);
