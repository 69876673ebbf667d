import { z } from 'zod';
import { hitLines } from '../hit-lines.ts';
import { afterArgument, folderArgument, globArgument } from '../path-argument.ts';
import { literalPattern, searchPattern } from '../search-pattern.ts';
import { searchWorkingTree } from '../search-tree.ts';
import { answered, defineTool, refused } from '../tool.ts';

const maxHits = 100;
const maxAnswerBytes = 28_000;

export const searchTextTool = defineTool({
  name: 'search_text',
  description:
    'Finds lines by a regular expression, edits included; answers path:line: text. Known: . [] () | * + ? {n,m} ^ $ \\d \\w \\s \\b; ' +
    `no look-around, no back references. At most ${maxHits} hits an answer: narrow with folder and glob, or go on with after.`,
  arguments: z.strictObject({
    pattern: z
      .string()
      .min(1)
      .max(500)
      .meta({ description: 'What one line must contain.', examples: ['function \\w+Price\\('] }),
    folder: folderArgument.optional(),
    glob: globArgument.optional(),
    ignore_case: z.boolean().default(false),
    literal: z.boolean().default(false).describe('Take the pattern as plain text.'),
    after: afterArgument.optional(),
  }),
  async run({ pattern, folder = '', glob, ignore_case: ignoreCase, literal, after }, context) {
    if (/[\n\r\0]/.test(pattern) || !pattern.isWellFormed()) {
      return refused(
        context,
        'Lines are searched one by one: a pattern holds no line break, NUL or half a surrogate pair.',
      );
    }
    const read = literal ? literalPattern(pattern) : searchPattern(pattern);
    if (!read.ok) return refused(context, `The pattern ${JSON.stringify(pattern)} cannot be searched: ${read.reason}.`);
    const found = await searchWorkingTree(context, read, { folder, glob, ignoreCase, after }, maxHits);
    switch (found.kind) {
      case 'too-slow':
        return refused(context, `The pattern ${JSON.stringify(pattern)} takes too long; make it simpler.`);
      case 'bad-pattern':
        return refused(context, `The pattern ${JSON.stringify(pattern)} cannot be searched: ${found.reason}.`);
      case 'found': {
        const { lines, last } = hitLines(found.hits, maxHits, maxAnswerBytes);
        if (last === undefined) {
          const isElsewhere = found.isCut && after === undefined;
          const none = after === undefined ? 'No line matches.' : 'No more lines match.';
          return answered(
            context,
            isElsewhere ? 'Too many hits in other files to find one here; narrow with folder.' : none,
          );
        }
        const hasMore = found.isCut || lines.length < found.hits.length;
        const more = `[there are more hits; go on with after: ${JSON.stringify(`${last.path}:${last.line}`)}, or narrow with folder, glob or a longer pattern]`;
        return answered(context, [...lines, ...(hasMore ? [more] : [])].join('\n'));
      }
    }
  },
});
