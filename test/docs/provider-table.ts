import { roles } from '../../src/domain/conversation.ts';
import { featuresOf } from '../../src/models/features.ts';
import { providers } from '../../src/models/providers.ts';

/** The providers as tables, from their rows. */
export function renderProviders(): string {
  const rows = providers.map(
    ({ name, title, source, keyVariable, isKeyNeeded, addressVariables, baseUrl, example }) => [
      `\`${name}\``,
      `[${title}](${source})`,
      `\`${keyVariable}\`${isKeyNeeded ? '' : ', if it wants one'}`,
      addressVariables.map((variable) => `\`${variable}\``).join(', '),
      baseUrl === null ? `must be set, as in \`${example}\`` : `\`${baseUrl}\``,
    ],
  );
  return table(['name', 'provider', 'key', 'another address', 'address'], rows);
}

export function renderFeatures(): string {
  const rows = providers.map((row) => {
    const { protocol, streaming, tools, parallelTools, reasoningKept, effort, caching, usage, prices } =
      featuresOf(row);
    return [
      row.title,
      protocol,
      streaming,
      tools,
      parallelTools,
      reasoningKept,
      effort,
      caching,
      usage,
      prices,
      `\`${row.keyVariable}\``,
    ];
  });
  const head = [
    'provider',
    'protocol',
    'streams',
    'tools',
    'parallel tools',
    'reasoning kept',
    'effort',
    'prompt caching',
  ];
  return table([...head, 'usage', 'prices', 'key'], rows);
}

export function renderDefaults(): string {
  const rows = providers.flatMap(({ name, defaults }) =>
    defaults === null ? [] : [[`\`${name}\``, ...roles.map((role) => `\`${defaults[role]}\``)]],
  );
  return table(['provider', ...roles], rows);
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
