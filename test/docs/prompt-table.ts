import { framesIn, placesIn, readTemplate, templateNames } from '../../src/prompts/template.ts';

const asks: Readonly<Record<(typeof templateNames)[number], string>> = {
  code: 'to write the patch',
  debug: 'to mend what failed, from where the last attempt ended',
  localize: 'which of the files that a search found have to change',
  plan: 'for the plan documents',
  profile: 'what kind of work an issue is',
  replan: 'to begin anew, more simply, after attempts that got nowhere',
  reproduce: 'for a test that fails because of the bug, before anything is mended',
  review: 'to judge a patch whose checks passed',
  revise: 'to change a finished patch as people want it',
};

/** The prompts as a table, from the templates. */
export function renderPrompts(): string {
  const rows = templateNames.map((name) => {
    const { version, role, opening } = readTemplate(name);
    const frames = framesIn(opening);
    const values = [...new Set(placesIn(opening))].map((value) =>
      frames.has(value) ? `**\`${value}\`**` : `\`${value}\``,
    );
    return `| \`${name}\` | ${version} | ${role} | ${asks[name]} | ${values.join(', ')} |`;
  });
  return [
    '| prompt | version | role | asks | values of the opening; those in frames are bold |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}
