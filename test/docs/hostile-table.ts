import { areas } from '../hostile/all-cases.ts';
import { refusals } from '../hostile/hostile-case.ts';

/** The attacks of the hostile suite as a page, from the cases themselves. */
export function renderHostileSuite(): string {
  const count = areas.reduce((sum, { cases }) => sum + cases.length, 0);
  const words = Object.entries(refusals).map(([word, meaning]) => `- **${word}**: ${meaning}.`);
  const tables = areas.map(({ area, cases }) =>
    [
      `## ${area.charAt(0).toUpperCase()}${area.slice(1)} (${cases.length})`,
      '',
      '| attack | what comes of it |',
      '|---|---|',
      ...cases.map(({ name, expected }) => `| ${cell(name)} | ${expected} |`),
    ].join('\n'),
  );
  return [
    '# The hostile suite',
    `${count} attacks, by name, each with what has to come of it. \`npm run test:hostile\` plays them: most at the rule that decides, the rest end to end over one stand-in of GitHub. Besides, it sends every payload that GitHub publishes, whole and broken in many ways. \`npm run docs\` writes this page from the cases.`,
    ['What may come of an attack:', '', ...words].join('\n'),
    ...tables,
  ].join('\n\n');
}

/** Signs that nobody sees are named by their number: a page about hidden characters must not hide any. */
const cell = (name: string): string =>
  name
    .replaceAll(
      /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/gu,
      (sign) => `U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`,
    )
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;');
