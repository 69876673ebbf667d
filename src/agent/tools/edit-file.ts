import { z } from 'zod';
import { isProse } from '../../domain/patched-file.ts';
import { kindsOf } from '../../domain/path-kinds.ts';
import type { Syntax } from '../../ports/syntax.ts';
import { applySplices, lengthAfter, type Region } from '../apply-splices.ts';
import { type EditMatch, matchEdit } from '../edit-matching.ts';
import { newProblems } from '../new-problems.ts';
import { numberedLines } from '../numbered-lines.ts';
import { missingFile, pathArgument } from '../path-argument.ts';
import { joinText, setApart, splitLines } from '../text-lines.ts';
import { changed, defineTool, refused, type Tool, type ToolContext, type ToolOutcome } from '../tool.ts';
import { maxWrittenBytes, viewFile, writeText } from '../working-tree.ts';

const contextLines = 3;
const maxRegions = 3;
const maxRegionBytes = 6_000;

const editArguments = z.strictObject({
  path: pathArgument,
  old_text: z
    .string()
    .min(1)
    .max(200_000)
    .describe('The text to replace, copied from the file without line numbers, with enough lines to be unique.')
    .meta({ examples: ['const limit = 10;'] }),
  new_text: z
    .string()
    .describe('What stands there afterwards; empty to remove it.')
    .meta({ examples: ['const limit = 20;'] }),
  replace_all: z.boolean().default(false).describe('Replace every exact occurrence instead of exactly one.'),
});

export const editFileTool = (syntax: Syntax): Tool =>
  defineTool({
    name: 'edit_file',
    description:
      'Replaces a text in a file. old_text must occur exactly once, unless replace_all is set. ' +
      'Line endings and whether the file ends in a line break stay as they are. The answer tells new syntax errors.',
    arguments: editArguments,
    async run(args, context) {
      const view = await viewFile(context, args.path);
      switch (view.kind) {
        case 'text':
          return edit(syntax, context, args, view);
        case 'missing':
          return refused(context, `${await missingFile(context, args.path)} To make a new file use create_file.`);
        case 'folder':
          return refused(context, `${args.path} is a folder.`);
        case 'symlink':
          return refused(context, `${args.path} is a symlink; edit the file it leads to by its own path.`);
        case 'unreadable':
          return refused(context, `${args.path} cannot be edited: ${view.reason}.`);
      }
    },
  });

type TextView = Extract<Awaited<ReturnType<typeof viewFile>>, { kind: 'text' }>;

async function edit(
  syntax: Syntax,
  context: ToolContext,
  args: z.infer<typeof editArguments>,
  view: TextView,
): Promise<ToolOutcome> {
  const before = setApart(view.text);
  const newText = setApart(args.new_text).body;
  const kind = { replaceAll: args.replace_all, isProse: isProse({ path: args.path, kinds: kindsOf(args.path) }) };
  const match = matchEdit(before.body, setApart(args.old_text).body, newText, kind);
  if (match.kind !== 'found') return refused(context, refusalOf(match, args.path, before.body));
  const length = lengthAfter(before.body, match.splices);
  if (length > maxWrittenBytes) {
    return refused(
      context,
      `The file would have more than ${maxWrittenBytes} bytes (about ${length}). Nothing was changed.`,
    );
  }
  const after = applySplices(before, match.splices);
  const text = joinText(after.text);
  if (text === view.text) {
    return refused(
      context,
      `This edit changes nothing in ${args.path}: the file says that already. (A line break at its end is kept as it is.)`,
    );
  }
  const change = await writeText(context, args.path, text, view);
  if (!change.ok) return refused(context, `${args.path} was not changed: ${change.reason}.`);
  const problems = await newProblems(syntax, args.path, view.text, text);
  return changed(change.overlay, report(args.path, match, splitLines(text), after.regions) + problems);
}

type Miss = Exclude<EditMatch, { kind: 'found' }>;

function refusalOf(match: Miss, path: string, body: string): string {
  const refusal = `${path} was not changed:`;
  switch (match.kind) {
    case 'ambiguous':
      return (
        `${refusal} old_text matches more than one place, at lines ${match.lines.join(', ')}. ` +
        'Add lines around it until it is unique, or set replace_all with the exact text.'
      );
    case 'near':
      return (
        `${refusal} old_text stands at lines ${match.lines.join(', ')} but for its indentation, blank lines or quotes, ` +
        'and how the new lines fit in there is not clear. Read these lines and copy them exactly.'
      );
    case 'odd-indentation':
      return (
        `${refusal} the new lines are indented with another sign (tabs or spaces) than the file, and how deep they ` +
        'belong is not clear. Indent them as the lines around them.'
      );
    case 'uneven-elision':
      return (
        `${refusal} a line says that lines are left out (like "... existing code ..."), and old_text and new_text do not ` +
        'leave out the same. Nothing may be left out of new_text: write the lines, or make several smaller edits. If the ' +
        'line is no such hint, word it in another way.'
      );
    case 'absent':
      if (body === '') return `${path} is empty: use delete_file, then create_file with the whole text.`;
      return `${refusal} old_text does not occur in it. ${nearestText(match.nearest, body)}`;
  }
}

function nearestText(nearest: Extract<Miss, { kind: 'absent' }>['nearest'], body: string): string {
  if (nearest === null) return 'Read the place again and copy it exactly, without line numbers.';
  const shown = numberedLines(body.split('\n'), nearest.first, nearest.last, maxRegionBytes).text;
  return `The nearest place reads as follows; copy the lines you mean exactly, without the numbers:\n${shown}`;
}

function report(
  path: string,
  match: Extract<EditMatch, { kind: 'found' }>,
  lines: readonly string[],
  regions: readonly Region[],
): string {
  if (lines.length === 0) return `${path} is empty now.`;
  const count = regions.length === 1 ? '' : ` in ${regions.length} places`;
  const shown: string[] = [];
  let lastShown = 0;
  for (const { first, last } of regions.slice(0, maxRegions)) {
    const from = Math.max(lastShown + 1, Math.min(first, lines.length) - contextLines);
    const to = Math.min(last + contextLines, lines.length);
    if (from > to) continue;
    const numbered = numberedLines(lines, from, to, maxRegionBytes);
    shown.push(numbered.lastLine < to ? `${numbered.text}\n…` : numbered.text);
    lastShown = numbered.lastLine;
  }
  return [`Changed ${path}${count}${howNote(match.how)}. It reads now:`, shown.join('\n…\n')].join('\n');
}

function howNote(how: Extract<EditMatch, { kind: 'found' }>['how']): string {
  switch (how) {
    case 'exact':
      return '';
    case 'white-space':
      return ' (indentation, line ends, blank lines or quotes differed from old_text; the new lines were fitted to the file)';
    case 'line-numbers':
      return ' (the line numbers in old_text were taken off)';
    case 'elided':
      return ' (the lines left out in old_text stay as they are)';
    case 'drifted':
      return ' (some lines differed from old_text; those that the edit does not change stay as the file has them)';
  }
}
