/** Where the documents of all fixes lie, and which issue each folder is about. */
export const workflowFolder = '.ai/workflow';
export const indexPath = `${workflowFolder}/index.md`;

export interface IndexEntry {
  /** Below `.ai/workflow`: a key or a number. */
  readonly folder: string;
  readonly issue: number;
  readonly issueUrl: string;
  /** One line of harmless Markdown. */
  readonly title: string;
}

const head = `# Fixes by ai-fix

What was planned and done, one line for each fix.
`;

/** One of our lines, whatever somebody wrote behind what tells folder and issue. */
const entryLine = /^- \[[^\]\n]*\]\(([A-Za-z0-9_-]{1,60})\/summary\.md\) · \[#(\d{1,10})\]\(/;

/** Which issue a folder of the index is about. */
export function foldersIn(index: string | null): ReadonlyMap<string, number> {
  const entries = (index ?? '').split('\n').flatMap((line) => {
    const [, folder, issue] = entryLine.exec(line) ?? [];
    return folder === undefined ? [] : [[folder, Number(issue)] as const];
  });
  return new Map(entries);
}

/**
 * The folder of a fix: its key, else the number of its issue. A key that another issue has taken gets the number
 * behind it, so that nobody's documents are written over.
 */
export function folderOf({ number, key }: { number: number; key: string | null }, index: string | null): string {
  if (key === null) return String(number);
  return (foldersIn(index).get(key) ?? number) === number ? key : `${key}-${number}`;
}

/** The index with the line of one fix: in its place where there is one, else behind our last line. All else stays as it is. */
export function withIndexEntry(index: string | null, entry: IndexEntry): string {
  const line = `- [${entry.folder}](${entry.folder}/summary.md) · [#${entry.issue}](${entry.issueUrl}) · ${entry.title}`;
  if (index === null || index.trim() === '') return `${head}\n${line}\n`;
  const lines = index.split('\n');
  const end = lines.length > 1 && lines[0]?.endsWith('\r') === true ? '\r' : '';
  const own = lines.findIndex((one) => entryLine.exec(one)?.[1] === entry.folder);
  if (own !== -1) return lines.with(own, `${line}${lines[own]?.endsWith('\r') === true ? '\r' : ''}`).join('\n');
  const last = lines.findLastIndex((one) => entryLine.test(one));
  if (last === lines.length - 1) return `${index}${end}\n${line}`;
  if (last !== -1) return lines.toSpliced(last + 1, 0, `${line}${end}`).join('\n');
  return `${index}${index.endsWith('\n') ? '' : `${end}\n`}${end}\n${line}${end}\n`;
}
