import { readFileSync, writeFileSync } from 'node:fs';
import { policyJsonSchema } from '../../src/config/repository.ts';
import { commandTable } from '../../src/thread/command-text.ts';
import { renderGallery } from './gallery.ts';
import { renderHostileSuite } from './hostile-table.ts';
import { renderPrompts } from './prompt-table.ts';
import { renderDefaults, renderFeatures, renderProviders } from './provider-table.ts';
import { renderStory } from './story-table.ts';
import { renderMetrics, renderTraceLines } from './telemetry-tables.ts';
import { renderTools } from './tool-table.ts';

/** `npm run docs`: writes what the docs say of the code from the code itself. */
function fill(page: string, block: string, written: string): void {
  const file = new URL(`../../docs/${page}`, import.meta.url);
  const place = new RegExp(`(<!-- ${block} -->\\n)[\\s\\S]*?(<!-- /${block} -->)`);
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(place, (_all, begin: string, end: string) => `${begin}${written}\n${end}`),
  );
}

fill('architecture.md', 'story', renderStory());
fill('agent.md', 'tools', renderTools());
fill('models.md', 'defaults', renderDefaults());
fill('models.md', 'providers', renderProviders());
fill('models.md', 'features', renderFeatures());
fill('telemetry.md', 'trace-lines', renderTraceLines());
fill('telemetry.md', 'metrics', renderMetrics());
fill('prompts.md', 'prompts', renderPrompts());
fill('conversation.md', 'commands', commandTable());
writeFileSync(new URL('../../docs/hostile-suite.md', import.meta.url), `${renderHostileSuite()}\n`);
writeFileSync(new URL('../../docs/gallery.md', import.meta.url), renderGallery());
writeFileSync(
  new URL('../../docs/ai-fix.schema.json', import.meta.url),
  `${JSON.stringify(policyJsonSchema(), null, 2)}\n`,
);
