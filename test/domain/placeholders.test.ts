import { expect, it } from 'vitest';
import { fillPlaceholders, placeholdersIn, unknownPlaceholder } from '../../src/domain/placeholders.ts';

it('a template names its placeholders, each once', () => {
  expect(placeholdersIn('{number}-{slug}-{number}')).toEqual(['number', 'slug']);
});

it('values go in where they are named, and a value that looks like a placeholder is not filled', () => {
  const filled = fillPlaceholders('{type}: {title} ({number})', {
    type: 'fix',
    title: '{number} $& {type}',
    number: '7',
  });

  expect(filled).toBe('fix: {number} $& {type} (7)');
});

it.each(['{constructor}', '{__proto__}', '{gone}'])('%s stays as it stands', (template) => {
  expect(fillPlaceholders(template, { number: '7' })).toBe(template);
});

it.each([
  ['{number}-{slug}', null],
  ['', null],
  ['{numbr}', '{numbr}'],
  ['{}', '{}'],
  ['{number', '{'],
  ['number}', '}'],
  ['{{number}}', '{'],
])('in %j what nobody can fill is %j', (template, unknown) => {
  expect(unknownPlaceholder(template, ['number', 'slug'])).toBe(unknown);
});
