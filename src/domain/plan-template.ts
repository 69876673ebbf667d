import type { DocumentKind, PlanDocument } from './plan.ts';
import type { DocumentPolicy } from './policy.ts';

/** A folder without a slash at its end. */
export const templatesFolder = ({ templates }: DocumentPolicy): string => templates.replace(/\/+$/, '');

/** The templates of plan documents that a repository has in place of ours, as Markdown. */
export type PlanTemplates = Readonly<Partial<Record<DocumentKind, string>>>;

/** Why a document does not fill its template, or null. Every heading of the template has to stand in it, at whatever level. */
export function templateFault(documents: readonly PlanDocument[], templates: PlanTemplates): string | null {
  for (const { kind, markdown } of documents) {
    const template = templates[kind];
    if (template === undefined) continue;
    const known = new Set(headingsIn(markdown).map(asCompared));
    const missing = headingsIn(template).filter((heading) => !known.has(asCompared(heading)));
    if (missing.length === 0) continue;
    const named = missing.slice(0, maxNamed).map((heading) => `"${heading}"`);
    const more = missing.length > maxNamed ? ` and ${missing.length - maxNamed} more` : '';
    return `the ${kind} document does not fill this repository's template; it lacks the heading${missing.length === 1 ? '' : 's'} ${named.join(', ')}${more}`;
  }
  return null;
}

const maxNamed = 10;
const maxHeadingLength = 200;

/** Headings written with `#`, outside of code. */
export function headingsIn(markdown: string): string[] {
  const headings: string[] = [];
  let fence: string | null = null;
  for (const line of markdown.split('\n')) {
    const [, mark = null, rest = ''] = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
    if (fence !== null) {
      // A block of code ends with the same sign, at least as often, and nothing behind it.
      if (mark?.startsWith(fence) === true && rest.trim() === '') fence = null;
    } else if (mark !== null) fence = mark;
    else {
      const [, text = ''] = /^ {0,3}#{1,6}[ \t]+(.*)$/.exec(line.trimEnd().slice(0, maxHeadingLength)) ?? [];
      const heading = text.replace(/(?:^|[ \t])#+$/, '').trim();
      if (heading !== '') headings.push(heading);
    }
  }
  return headings;
}

/** Models set marks and blanks at will; the words are what counts. */
const asCompared = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[*_`]/g, '')
    .replaceAll(/\s+/g, ' ')
    .replace(/[ :.]+$/, '');
