import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readHostPrices } from '../../src/config/host-files.ts';
import { readModelSettings } from '../../src/config/model-settings.ts';
import { readPolicy } from '../../src/config/repository.ts';
import { chooseModels } from '../../src/models/choose-models.ts';
import { providers } from '../../src/models/providers.ts';
import { renderDefaults, renderFeatures, renderProviders } from './provider-table.ts';

const page = readFileSync('docs/models.md', 'utf8');
const blocks = (language: string): readonly string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, text = '']) => text);

test.each([
  ['providers', renderProviders],
  ['features', renderFeatures],
  ['defaults', renderDefaults],
])('the table of %s is that of the code', (name, render) => {
  expect(page, 'npm run docs writes it').toContain(`<!-- ${name} -->\n${render()}\n<!-- /${name} -->`);
});

const keys = { ANTHROPIC_API_KEY: 'k', OPENAI_API_KEY: 'k', OPENROUTER_API_KEY: 'k' };

test('the roster of the docs is valid, and one that a host with these keys can serve', () => {
  const [roster = ''] = blocks('yaml').filter((text) => text.startsWith('models:'));

  const reading = readPolicy(roster);
  expect(reading).toMatchObject({ kind: 'valid' });
  const chains = reading.kind === 'valid' ? reading.policy.models : {};
  const { models } = readModelSettings(keys, false);
  expect(chooseModels(models, chains).problems).toEqual([]);
  expect(Object.keys(chains)).toEqual(['architect', 'coder', 'fast', 'reviewer']);
});

test('the prices of the docs are valid', () => {
  const [prices = ''] = blocks('yaml').filter((text) => text.startsWith('# prices.yml'));

  expect(readHostPrices('AI_FIX_PRICES', prices)).toMatchObject({ kind: 'read', said: { length: 4 } });
});

/** Files that stand for those of an admin are read as the page's own examples. */
const withFiles = (variables: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(variables).map(([name, value]) => {
      const file = value.endsWith('models.yml') ? 'models:' : value.endsWith('prices.yml') ? '# prices.yml' : null;
      return [name, file === null ? value : (blocks('yaml').find((text) => text.startsWith(file)) ?? '')];
    }),
  );

test.each(blocks('ini').map((text, index) => [index + 1, text] as const))(
  'example %i of an environment sets up what can be asked',
  (_number, text) => {
    const lines = text.trim().split('\n');
    const variables = Object.fromEntries(lines.map((line) => [line.split('=')[0], line.slice(line.indexOf('=') + 1)]));
    const isWhole = Object.keys(variables).some((name) => /_API_KEY$|_BASE_URL$/.test(name));

    const { models, problems } = readModelSettings(withFiles({ ...(isWhole ? {} : keys), ...variables }), false);

    expect(problems).toEqual([]);
    expect(chooseModels(models).problems).toEqual([]);
  },
);

test('every variable of a provider, and of the roster, is documented', () => {
  const variables = providers.flatMap(({ keyVariable, addressVariables }) => [keyVariable, ...addressVariables]);
  const others = ['AI_FIX_MODEL', 'AI_FIX_MODELS', 'AI_FIX_ALLOWED_MODELS', 'AI_FIX_PRICES', 'AI_FIX_HTTP_HOSTS'];
  const configuration = readFileSync('docs/configuration.md', 'utf8');

  expect([...variables, ...others].filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  expect(others.filter((name) => !configuration.includes(`\`${name}\``))).toEqual([]);
});
