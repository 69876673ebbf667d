import type { Fix } from '../domain/fix-facts.ts';
import { digestOf, type FrozenInput } from '../domain/frozen-input.ts';
import { botAnswer, reaches } from '../domain/who.ts';
import type { Ports } from '../ports/ports.ts';
import type { ThreadComment } from '../ports/thread.ts';
import { type Removal, visibleLine, visibleText } from '../thread/incoming.ts';

const maxBodyLength = 24_000;
const maxComments = 30;
const maxCommentLength = 4_000;
const maxCommentsLength = 24_000;
/** How far back in a long thread it looks. */
const maxCommentsRead = 300;
const maxAuthors = 20;

/**
 * Freezes what the models will see: the issue's words as they stood in the label's payload, and the comments of those
 * whose words count here, without anything that a person who reads the page cannot see.
 *
 * Idempotent: what was frozen first stays.
 */
export async function freezeInput(
  ports: Pick<Ports, 'inputs' | 'thread' | 'repositories'>,
  fix: Fix,
): Promise<FrozenInput> {
  const known = await ports.inputs.find(fix.id);
  if (known !== null) return known;
  const { issue } = fix;
  const body = visibleText(issue.body, maxBodyLength);
  const comments = await commentsFor(ports, fix);
  const text = [
    visibleLine(issue.title, 300),
    body.text.trim() === '' ? '(The issue has no text beyond its title.)' : body.text,
    ...comments.texts,
  ].join('\n\n');
  const input = {
    text,
    digest: digestOf(text),
    leftOut: [...comments.leftOut, ...sayRemovals([...body.removed, ...comments.removed])],
  };
  await ports.inputs.put(fix.id, input);
  // Another try may have been faster; its words are the frozen ones.
  return (await ports.inputs.find(fix.id)) ?? input;
}

interface Heard {
  readonly texts: readonly string[];
  readonly removed: readonly Removal[];
  readonly leftOut: readonly string[];
}

async function commentsFor(ports: Pick<Ports, 'thread' | 'repositories'>, fix: Fix): Promise<Heard> {
  const { repository, issue, policy } = fix;
  // Failing checks speak for themselves.
  if (policy.comments === 'nobody' || fix.origin.kind === 'checks') return { texts: [], removed: [], leftOut: [] };
  const all = await ports.thread.otherComments(repository, issue.number, maxCommentsRead);
  const isOlder = (atMs: number) => issue.labelledAtMs === undefined || atMs <= issue.labelledAtMs;
  const before = all.filter((comment) => isOlder(comment.createdAtMs));
  const unchanged = before.filter((comment) => isOlder(comment.editedAtMs));
  const heard = await heardOf(ports, fix, unchanged);
  const kept = heard.slice(-maxComments);
  const visible = kept.map((comment) => ({ comment, words: visibleText(comment.body, maxCommentLength) }));
  const texts: string[] = [];
  let length = 0;
  for (const { comment, words } of visible) {
    length += words.text.length;
    if (length > maxCommentsLength) break;
    texts.push(`Comment of ${comment.author}, ${sayTime(comment.createdAtMs)}:\n${words.text}`);
  }
  return {
    texts,
    removed: visible.flatMap(({ words }) => words.removed),
    leftOut: [
      say(
        before.length - unchanged.length,
        'comment was edited after the label',
        'comments were edited after the label',
      ),
      say(
        unchanged.length - heard.length,
        'comment of people or bots without write access',
        'comments of people or bots without write access',
      ),
      say(heard.length - texts.length, 'comment more than fits', 'comments more than fit'),
    ].filter((line) => line !== null),
  };
}

/** The comments of those whose words count: of writers, or of every person where the repository says so. */
async function heardOf(
  { repositories }: Pick<Ports, 'repositories'>,
  { repository, policy }: Fix,
  comments: readonly ThreadComment[],
): Promise<readonly ThreadComment[]> {
  const isListedBot = ({ author: login, authorId: id }: ThreadComment) =>
    botAnswer('trigger', { login, id, isBot: true }, policy.who)?.kind === 'may';
  if (policy.comments === 'everyone') return comments.filter((comment) => !comment.isBot || isListedBot(comment));
  const authors = [...new Set(comments.filter(({ isBot }) => !isBot).map(({ author }) => author))].slice(0, maxAuthors);
  const standings = await Promise.all(
    authors.map(async (author) => [author, await repositories.standing(repository, author)] as const),
  );
  const writers = new Set(standings.filter(([, standing]) => reaches(standing, 'write')).map(([author]) => author));
  return comments.filter((comment) => (comment.isBot ? isListedBot(comment) : writers.has(comment.author)));
}

const sayTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

const say = (count: number, one: string, many: string): string | null =>
  count === 0 ? null : `${count} ${count === 1 ? one : many}`;

const removalWords: Readonly<Record<Removal['what'], string>> = {
  comment: 'HTML comments',
  invisible: 'invisible characters',
  bidi: 'characters that turn the reading direction',
  control: 'control characters',
  'image-text': 'texts of images',
  title: 'hidden titles',
  'data-uri': 'data URIs',
  'hidden-html': 'hidden HTML',
  attribute: 'attributes of HTML',
  definition: 'unused link definitions',
  cut: 'characters beyond the limit',
};

function sayRemovals(removed: readonly Removal[]): string[] {
  const counts = new Map<Removal['what'], number>();
  for (const { what, count } of removed) counts.set(what, (counts.get(what) ?? 0) + count);
  return [...counts].map(([what, count]) => `${removalWords[what]} (${count})`);
}
