import { dirname, extname } from 'node:path/posix';
import { indentOf } from './line-likeness.ts';
import type { ToolContext } from './tool.ts';
import { listFiles, viewFile } from './working-tree.ts';

const maxNeighbours = 3;

/**
 * What to add to an answer where a new text ends or indents its lines otherwise than all of the files beside it of the
 * same kind; nothing where these do not agree among themselves.
 */
export async function oddStyle(context: ToolContext, path: string, content: string): Promise<string> {
  const folder = dirname(path) === '.' ? '' : dirname(path);
  const beside = (await listFiles(context, folder)).filter(
    (file) => file.path !== path && parentOf(file.path) === folder && extname(file.path) === extname(path),
  );
  const styles: Style[] = [];
  for (const neighbour of beside.slice(0, maxNeighbours)) {
    const view = await viewFile(context, neighbour.path);
    if (view.kind === 'text') styles.push(styleOf(view.text));
  }
  const own = styleOf(content);
  const notes = (['ending', 'sign'] as const).flatMap((part) => {
    const [first] = styles;
    const theirs = first?.[part] ?? null;
    const isOdd = theirs !== null && own[part] !== null && own[part] !== theirs;
    return isOdd && styles.every((style) => style[part] === theirs) ? [sayings[part](theirs)] : [];
  });
  return notes.length === 0 ? '' : `\nThe files beside it ${notes.join(' and ')}; this one does not.`;
}

const parentOf = (path: string): string => (dirname(path) === '.' ? '' : dirname(path));

interface Style {
  readonly ending: 'CRLF' | 'LF' | null;
  readonly sign: 'tabs' | 'spaces' | null;
}

const sayings = {
  ending: (theirs: string) => `end their lines in ${theirs}`,
  sign: (theirs: string) => `indent with ${theirs}`,
};

function styleOf(text: string): Style {
  const crlf = text.split('\r\n').length - 1;
  const breaks = text.split('\n').length - 1;
  const indents = text
    .split('\n')
    .map(indentOf)
    .filter((indent) => indent.length > 1 || indent === '\t');
  const tabs = indents.filter((indent) => indent.startsWith('\t')).length;
  return {
    ending: breaks === 0 ? null : crlf === breaks ? 'CRLF' : crlf === 0 ? 'LF' : null,
    sign: indents.length === 0 ? null : tabs === indents.length ? 'tabs' : tabs === 0 ? 'spaces' : null,
  };
}
