import { describe, expect, it } from 'vitest';
import { isElision, suggestsElision } from '../../src/agent/elision-words.ts';

describe('a comment that stands for lines left out', () => {
  it.each([
    '// (rest of the function remains the same)',
    '# existing code here',
    '# [existing code]',
    '// rest of code',
    '// remaining code unchanged',
    '/* same as before */',
    '# ... (unchanged)',
    '// ... rest of function',
    '// ... keep existing imports ...',
    '// unchanged',
    '# rest of the class',
    '<!-- rest of the page -->',
    '{/* existing fields */}',
    '-- ... other columns ...',
    '; rest is unchanged',
    '// etc.',
    '# Other methods remain unchanged',
    '/* ... other fields ... */',
    '// same as above',
    '# code omitted for brevity',
    '// ... 12 more lines ...',
    '// 40 more tests',
    'pass  # ... existing implementation ...',
    '// all other cases stay as they are',
    '// leave the rest as it is',
    '// ...the other handlers',
    '  // ... existing code ...',
    '// …',
  ])('%s', (line) => {
    expect(suggestsElision(line)).toBe(true);
  });
});

describe('a comment that says something of the code', () => {
  it.each([
    '// the remaining seconds of the wait',
    '# other readers may hold the lock',
    '// keeps the order of the existing rows',
    '// Loading...',
    '// TODO: handle the rest later on',
    '# same size as the window',
    '// at most 12 more retries',
    '// existing users are asked to sign in again',
    '# an unchanged file is not written',
    '/* truncated at the first NUL */',
    '# The rest of the list is sorted.',
    "'unchanged',",
    '"""The remaining items."""',
    'const rest = 1; // rest of the array',
    'rest of the code',
    '',
  ])('%s', (line) => {
    expect(suggestsElision(line)).toBe(false);
  });
});

it('is plain only where dots say so', () => {
  expect(['// ... existing code ...', '...', '# …'].every(isElision)).toBe(true);
  expect(isElision('// rest of the code')).toBe(false);
});

it('takes no time over a line made to be read slowly', () => {
  const lines = ['// keep all the existing ', '// remain ', '// ...', '// is a b c '].map((part) => part.repeat(2_000));
  expect(lines.map(suggestsElision)).toEqual([false, false, false, false]);
});
