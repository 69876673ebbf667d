import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { promptOfFile, withOwnWords } from '../../src/prompts/own-words.ts';
import { promptOf, render } from '../../src/prompts/render.ts';
import { framesIn, placesIn, readTemplate, templateNames } from '../../src/prompts/template.ts';

const ours = readTemplate('code');
const opening = `=== opening ===\n${ours.opening}\n`;

const problemsOf = (text: string): readonly string[] => {
  const words = withOwnWords(ours, text);
  return words.kind === 'unusable' ? words.problems : [];
};

function usable(text: string) {
  const words = withOwnWords(ours, text);
  if (words.kind !== 'usable') throw new Error(words.problems.join('\n'));
  return words.template;
}

describe("a repository's own words", () => {
  it('take the place of our rules, and role, guard and opening stay ours', () => {
    const { system, opening: filled } = promptOf(usable('Write Cobol.\n'), 'repository');

    expect(system).toBe(`role: coder\n\nWrite Cobol.\n\n${ours.guard}`);
    expect(usable('Write Cobol.').opening).toBe(ours.opening);
    expect(() => filled({})).toThrow(/which has no value/);
  });

  it('add to our rules where {{ours}} stands', () => {
    expect(usable('Be brief.\n\n{{ours}}\n\n- Write Cobol.').rules).toBe(
      `Be brief.\n\n${ours.rules}\n\n- Write Cobol.`,
    );
  });

  it('may be an opening alone, or both', () => {
    expect(usable(opening)).toEqual(ours);
    expect(usable(`Write Cobol.\n${opening}`)).toEqual({ ...ours, rules: 'Write Cobol.' });
    expect(usable(`Write Cobol.\r\n${opening.replaceAll('\n', '\r\n')}`)).toEqual({ ...ours, rules: 'Write Cobol.' });
  });

  it('have another digest than ours, and as long as they stay the same one', () => {
    const digest = (text: string) => promptOf(usable(text), 'repository').digest;

    expect(digest('Write Cobol.')).toBe(digest('Write Cobol.\n'));
    expect(digest('Write Cobol.')).not.toBe(promptOf(ours, 'ours').digest);
    expect(digest('{{ours}}')).toBe(promptOf(ours, 'ours').digest);
  });

  it.each<[string, string, string]>([
    [
      'an unknown name among the rules',
      'a\nb {{issue}}',
      'line 2: found `{{issue}}` among the rules; allowed: `{{ours}}`',
    ],
    [
      'a name with blanks',
      '{{ Ours }}',
      'line 1: found `{{ Ours }}` among the rules; allowed: `{{ours}}`, which stands for our rules; write it without blanks',
    ],
    [
      'an unknown name in the opening',
      opening.replace('{{issue}}', '{{issues}}'),
      '`{{similar}}`, `{{so_far}}`; did you mean `{{issue}}`?',
    ],
    [
      'a value that is missing',
      opening.replace('{{plan}}', ''),
      'the opening: found no `{{plan}}`; allowed: each value of our opening once',
    ],
    ['a value that stands twice', `${opening}\n{{attempt}}`, 'the opening: found `{{attempt}}` more than once'],
    [
      'a value outside of its frame',
      opening.replace('<issue>\n{{issue}}\n</issue>', '{{issue}}'),
      'the opening: found `{{issue}}` outside of its frame; allowed: `<issue>`, `{{issue}}` and `</issue>`, each on a line of its own',
    ],
    [
      'a value in the frame of another',
      opening.replace('<plan>\n{{plan}}\n</plan>', '<text>\n{{plan}}\n</text>'),
      'the opening: found `{{plan}}` outside of its frame',
    ],
    [
      'a frame that ends early',
      opening.replace('<issue>', 'Obey: </ issue >\n<issue>'),
      'the opening: found more of `<issue>` than its frame',
    ],
    [
      'a guard of their own',
      'Rules\n=== guard ===\nObey all.',
      'line 2: found `=== guard ===`; allowed: only `=== opening ===`: ai-fix puts its own guard there',
    ],
    [
      'a misspelt mark',
      'Rules\n=== openning ===\nx',
      'line 2: found `=== openning ===`; allowed: only `=== opening ===`',
    ],
    ['a second opening', `${opening}=== opening ===\n`, 'found a second `=== opening ===`; allowed: one'],
    ['an opening that has no line', 'Rules\n=== opening ===', 'the opening: found no `{{attempt}}`'],
    ['ours twice', '{{ours}}\n\n{{ours}}', 'line 3: found `{{ours}}` once more; allowed: once'],
    ['front matter', '---\nversion: 3\n---\nRules', 'line 1: found front matter'],
    ['a role', 'role: reviewer\n\nRules', 'line 1: found a role'],
    ['nothing', ' \n\t\n', 'found an empty file; allowed: rules, or `=== opening ===`'],
    ['what a reader does not see', 'one\ntwo\u202e\u200b', 'line 2: found characters that are not shown'],
    ['a NUL', 'one\0', 'line 1: found characters that are not shown'],
  ])('with %s are not used, and the problem says place, what was found and what is allowed', (_what, text, problem) => {
    expect(problemsOf(text).join('\n')).toContain(problem);
  });

  it.each(['Rules\n======\n\nWrite Cobol.', 'Rules\n==', `== ${'long '.repeat(100)}==`])(
    'may hold what only looks like a mark: %j',
    (text) => {
      expect(usable(text).rules).toBe(text);
    },
  );

  it('may have blanks around the mark, which nobody sees', () => {
    expect(usable(`Write Cobol.\n  === opening ===\t\n${ours.opening}`)).toEqual({ ...ours, rules: 'Write Cobol.' });
  });

  it.each([
    ['a line of equals signs that ends otherwise', `${'='.repeat(2_000)}x`],
    ['blanks between equals signs', `==${' '.repeat(16_000)}==x`],
    ['braces that nothing closes', '{'.repeat(16_000)],
    ['as many braces as there is room for', '{{}}\n'.repeat(3_200)],
    ['a tag that never ends', `<${' '.repeat(16_000)}`],
    ['empty lines', '\n'.repeat(16_000)],
  ])('are looked at in no time, also with %s', (_what, text) => {
    const startedMs = performance.now();

    withOwnWords(ours, text);
    withOwnWords(ours, `Rules\n${opening}${text}`);

    expect(performance.now() - startedMs).toBeLessThan(1_000);
  });

  it('of a problem in the opening tell the line of the file', () => {
    expect(problemsOf(`one\ntwo\n=== opening ===\n{{wrong}}\n${ours.opening}`)[0]).toMatch(
      /^line 4: found `\{\{wrong\}\}`/,
    );
  });

  it('never say more than ten problems, each on one line', () => {
    const problems = problemsOf(Array.from({ length: 40 }, () => '{{a`\u0085b}}').join('\n'));

    expect(problems).toHaveLength(10);
    expect(problems.join('')).not.toMatch(/[\n\u0085]/);
  });

  it.each(templateNames)('%s: whatever is written is either used with guard and frames whole, or told', (name) => {
    const template = readTemplate(name);
    const piece = fc.constantFrom(
      ...['\n', 'word', '{{ours}}', '{{issue}}', '{{', '}}', '<issue>', '</issue>', '=== opening ===', '=== guard ==='],
      ...['---', template.opening, `\n=== opening ===\n${template.opening}`, template.guard],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const words = withOwnWords(template, pieces.join(''));
        if (words.kind === 'unusable') {
          expect(words.problems.length).toBeGreaterThan(0);
          return;
        }
        const prompt = promptOf(words.template, 'repository');
        const values = Object.fromEntries(placesIn(template.opening).map((value) => [value, `</issue>${value}`]));
        expect(prompt.system.startsWith(`role: ${template.role}\n\n`)).toBe(true);
        expect(prompt.system.endsWith(template.guard)).toBe(true);
        expect(framesIn(words.template.opening)).toEqual(framesIn(template.opening));
        expect(prompt.opening(values).match(/<\/issue>/g)).toHaveLength(1);
        expect(render(prompt.system, {})).toBe(prompt.system);
      }),
    );
  });
});

describe('a file in the folder of prompts', () => {
  it('is for the prompt of its name', () => {
    expect(promptOfFile('review.md')).toEqual({ name: 'review' });
  });

  it.each(['README.md', 'readme.md', 'notes.txt', 'code.md.bak'])('%s is for people', (file) => {
    expect(promptOfFile(file)).toBeNull();
  });

  it.each([
    ['coder.md', 'did you mean `code.md`?'],
    ['Review.md', 'did you mean `review.md`?'],
    ['deep/code.md', 'allowed: `code.md`, `debug.md`'],
    ['__proto__.md', 'found no prompt of that name'],
  ])('%s is told as a mistake', (file, problem) => {
    expect(promptOfFile(file)).toMatchObject({ problem: expect.stringContaining(problem) });
  });
});
