import type { ModelParameters } from '../../domain/conversation.ts';
import type { Price, Rates } from '../../domain/cost.ts';
import type { RegisteredModel } from '../../models/prices.ts';
import { providerOf } from '../../models/providers.ts';
import { type Column, textTable } from '../text-table.ts';
import type { Survey, SurveyedModel, SurveyedProvider } from './survey.ts';

/** The survey for a terminal. Tables stay within a hundred columns as long as names do. */
export function renderSurvey(survey: Survey): string {
  const usable = survey.providers.filter(({ missing }) => missing === null);
  const others = survey.providers.filter(({ missing }) => missing !== null);
  const isAllWanted = usable.length === 0 || survey.registry !== null;
  const sections = [
    usable.length === 0 ? nothingSetUp : section('Providers', textTable(providerColumns, usable)),
    ...(usable.length === 0 ? [] : [section('What they can', textTable(featureColumns, usable))]),
    ...(survey.roster.length === 0 ? [] : [rosterSection(survey)]),
    ...(survey.allowed === null ? [] : [`Repositories may name: ${survey.allowed.join(', ')}`]),
    ...(survey.registry === null ? [] : [registrySection(survey.registry)]),
    ...(survey.warnings.length === 0 ? [] : [section('To look at', listOf(survey.warnings))]),
    ...(survey.problems.length === 0 ? [] : [section('To mend', listOf(survey.problems))]),
    others.length === 0 ? '' : isAllWanted ? textTable(notSetUpColumns, others) : sayOthers(others),
  ];
  return sections.filter((text) => text !== '').join('\n\n');
}

const section = (title: string, text: string): string => `${title}\n\n${text}`;
const listOf = (lines: readonly string[]): string => lines.map((line) => `  - ${line}`).join('\n');

const nothingSetUp =
  'No model can be asked on this host: no key is set, and no server of your own.\nOne is enough for everything; set it in the environment or in .env.';

const providerColumns: readonly Column<SurveyedProvider>[] = [
  { title: 'provider', of: ({ name }) => name },
  { title: 'key', of: ({ hasKey, keyVariable }) => (hasKey ? keyVariable : 'none') },
  { title: 'address', of: ({ baseUrl }) => baseUrl ?? '' },
];

const inTerminal = (words: string): string => words.replaceAll('`', '');
const featureColumns: readonly Column<SurveyedProvider>[] = [
  { title: 'provider', of: ({ name }) => name },
  { title: 'protocol', of: ({ features }) => features.protocol.replace(', else Chat Completions', '') },
  { title: 'streams', of: ({ features }) => features.streaming },
  { title: 'parallel tools', of: ({ features }) => features.parallelTools },
  { title: 'reasoning kept', of: ({ features }) => inTerminal(features.reasoningKept) },
  { title: 'caches', of: ({ features }) => features.caching },
  { title: 'prices', of: ({ features }) => inTerminal(features.prices) },
];

function rosterSection({ roster }: Survey): string {
  const isNamed = roster.every(({ role }) => role === null);
  const hasParameters = roster.some((model) => sayParameters(model) !== '');
  const columns: readonly Column<SurveyedModel>[] = [
    ...(isNamed ? [] : [roleColumn(roster)]),
    { title: 'model', of: ({ model }) => model },
    ...(hasParameters ? [{ title: 'parameters', of: sayParameters }] : []),
    ...factColumnsOf(roster),
  ];
  return `${section(isNamed ? 'Models' : 'Roster: whom each role asks, in this order', textTable(columns, roster))}\n\n${priceNote(roster)}`;
}

/** Said once for the models of a role. */
const roleColumn = (roster: readonly SurveyedModel[]): Column<SurveyedModel> => ({
  title: 'role',
  of: (model) => (roster[roster.indexOf(model) - 1]?.role === model.role ? '' : (model.role ?? '')),
});

const sayParameters = ({ temperature, effort, maxOutputTokens }: ModelParameters): string =>
  [
    ...(effort === undefined ? [] : [`effort ${effort}`]),
    ...(temperature === undefined ? [] : [`temperature ${temperature}`]),
    ...(maxOutputTokens === undefined ? [] : [`max_tokens ${maxOutputTokens}`]),
  ].join(', ');

interface Facts {
  readonly contextTokens: number | null;
  readonly price: Price | null;
}

const rateColumn = (title: string, of: (rates: Rates) => number | undefined): Column<Facts> => ({
  title,
  isNumber: true,
  of: ({ price }) => {
    const usd = price === null ? undefined : of(price);
    return price === null ? '?' : usd === undefined ? '–' : sayRate(usd);
  },
});

const factColumns: readonly Column<Facts>[] = [
  {
    title: 'context',
    isNumber: true,
    of: ({ contextTokens }) => contextTokens?.toLocaleString('en-US') ?? '?',
  },
  rateColumn('input', ({ inputUsdPerMillion }) => inputUsdPerMillion),
  rateColumn('cached', ({ cachedInputUsdPerMillion }) => cachedInputUsdPerMillion),
  rateColumn('stored', ({ cacheWriteUsdPerMillion }) => cacheWriteUsdPerMillion),
  rateColumn('output', ({ outputUsdPerMillion }) => outputUsdPerMillion),
];

/** No registry has a price of reasoning alone, so it is shown only where the admin set one. */
const factColumnsOf = (models: readonly Facts[]): readonly Column<Facts>[] =>
  models.some(hasReasoningApart)
    ? [...factColumns, rateColumn('reasoning', ({ reasoningUsdPerMillion }) => reasoningUsdPerMillion)]
    : factColumns;

const hasReasoningApart = ({ price }: Facts): boolean => price?.reasoningUsdPerMillion !== undefined;

const sayRate = (usd: number): string =>
  usd.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 4, useGrouping: false });

function priceNote(models: readonly Facts[]): string {
  const lines = [
    `US dollars a million tokens. Reasoning counts as output${models.some(hasReasoningApart) ? ', but where AI_FIX_PRICES has a price for it' : ''}.`,
  ];
  if (models.some(({ price }) => price?.steps !== undefined))
    lines.push('Some are dearer beyond a length of the prompt; these are their prices below it.');
  if (models.some(({ price }) => price === null))
    lines.push('? is unknown: tokens are the limit there. AI_FIX_PRICES can say it: docs/models.md');
  return lines.join('\n');
}

function registrySection(registry: readonly RegisteredModel[]): string {
  if (registry.length === 0) return 'The price registry knows no models of these providers.';
  const columns: readonly Column<RegisteredModel>[] = [{ title: 'model', of: ({ id }) => id }, ...factColumns];
  return `${section('All that the price registry knows of them', textTable(columns, registry))}\n\n${priceNote(registry)}`;
}

const notSetUpColumns: readonly Column<SurveyedProvider>[] = [
  { title: 'not set up', of: ({ name }) => name },
  { title: 'what is missing', of: ({ missing }) => missing ?? '' },
  { title: 'as in', of: ({ name }) => providerOf(name).example ?? '' },
];

const sayOthers = (others: readonly SurveyedProvider[]): string =>
  `Not set up (ai-fix models --all says what each of them needs):\n${inLines(others.map(({ name }) => name))}`;

const lineWidth = 100;

function inLines(words: readonly string[]): string {
  const lines: string[] = [];
  for (const word of words) {
    const longer = `${lines.at(-1) ?? ' '}, ${word}`;
    if (lines.length > 0 && longer.length < lineWidth) lines[lines.length - 1] = longer;
    else lines.push(`  ${word}`);
  }
  return lines.join(',\n');
}
