// Temporary stub of the lead so that others can compile: the helper who owns this file overwrites it.
export interface Removal {
  readonly what: 'comment' | 'invisible' | 'bidi' | 'control' | 'image-text' | 'title' | 'data-uri' | 'hidden-html' | 'attribute' | 'definition' | 'cut';
  readonly count: number;
}
export const visibleText = (markdown: string, maxLength: number): { text: string; removed: readonly Removal[] } => ({
  text: markdown.replaceAll(/<!--[\s\S]*?(?:-->|$)/g, '').slice(0, maxLength),
  removed: [],
});
export const visibleLine = (text: string, maxLength: number): string => text.slice(0, maxLength);
