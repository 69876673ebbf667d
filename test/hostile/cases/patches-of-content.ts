import { maxAddedLines, maxFileBytes, maxPatchedFiles, maxWrittenBytes } from '../../../src/domain/patch-size.ts';
import type { HostileCase } from '../hostile-case.ts';
import { appends, base, deletes, refusedPatches, writes } from './patch-cases.ts';

/** Patches whose text is the attack: what is no text, too much of it, or hides something. */

const rtl = '\u202e';
const tag = String.fromCodePoint(0xe0041);

const noText: readonly HostileCase[] = refusedPatches([
  ['text in the place of a symlink', 'symlink', writes('current', 'x\n')],
  ['a deleted symlink', 'symlink', deletes('current')],
  ['text in the place of a binary file', 'binary', writes('logo.png', 'x\n')],
  ['a file too large to review', 'patch-size', writes('src/large.js', `${'x'.repeat(maxFileBytes)}\n`)],
  [
    'more files than anybody reviews',
    'patch-size',
    Object.assign({}, ...Array.from({ length: maxPatchedFiles + 1 }, (_, index) => writes(`src/f${index}.js`, 'x\n'))),
  ],
  [
    'more bytes than anybody reviews',
    'patch-size',
    Object.assign(
      {},
      ...Array.from({ length: Math.ceil(maxWrittenBytes / 300_000) + 1 }, (_, index) =>
        writes(`src/f${index}.js`, 'x'.repeat(300_000)),
      ),
    ),
  ],
  ['more lines than anybody reviews', 'patch-size', writes('src/long.js', 'x\n'.repeat(maxAddedLines + 1))],
  ['an escape sequence for terminals', 'control-characters', appends('src/cart.js', '// \u001b[2K\u001b[1A')],
  ['a lone carriage return that hides a line', 'control-characters', appends('src/cart.js', 'steal();\r// harmless')],
  ['Trojan Source', 'hidden-characters', appends('src/cart.js', `/*${rtl} } \u2066if (isAdmin)\u2069 \u2066 begin */`)],
  ['a name with a joiner in it', 'hidden-characters', appends('src/cart.js', 'const is\u200dAdmin = true;')],
  ['a text in tag characters', 'hidden-characters', appends('src/cart.js', `// ${tag.repeat(40)}`)],
  ['a variable that nobody sees', 'hidden-characters', appends('src/cart.js', 'const { a,\u3164 } = query;')],
]);

// Joined at run time, so that no scanner takes this file for a leak.
const letters = (length: number): string => 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0'.repeat(4).slice(0, length);
const githubToken = ['ghp', letters(36)].join('_');
const pem = [`-----BEGIN ${'RSA PRIVATE'} KEY-----`, `MIIE${letters(60)}`, letters(64), letters(64)].join('\n');

const tokens = {
  'a token of GitHub': githubToken,
  'a key of AWS': ['AKIA', 'Q3EGRTYUIOPLKJHG'].join(''),
  'a key of OpenAI': `sk-${letters(20)}${['T3Blbk', 'FJ'].join('')}${letters(20)}`,
  'a key of Anthropic': ['sk', 'ant', 'api03', `${letters(93)}AA`].join('-'),
  'a token of Slack': ['xoxb', '123456789012', '123456789012', letters(24)].join('-'),
  'a key of Stripe': ['sk', 'live', letters(24)].join('_'),
  'a token of npm': ['npm', letters(36)].join('_'),
  'a password of a database': ['postgres://app', 'h8Jk2LmN@db.internal/shop'].join(':'),
  'a password in an address': ['https://deploy', 'h8Jk2LmN@git.internal.net'].join(':'),
  'a private key': `${pem}\n-----END ${'RSA PRIVATE'} KEY-----`,
} as const;

const secrets: readonly HostileCase[] = refusedPatches([
  ...Object.entries(tokens).map(
    ([name, secret]) => [name, 'secret', appends('src/cart.js', `const key = \`${secret}\`;`)] as const,
  ),
  [
    'a secret with the scanner switched off by a comment',
    'secret',
    appends('src/cart.js', `// secretlint-disable\nconst key = '${githubToken}';\n// secretlint-enable`),
  ],
  ['a secret in prose', 'secret', appends('README.md', `Log in with ${githubToken}.`)],
  ['a secret in a fixture', 'secret', writes('test/fixtures/login.json', `{ "token": "${githubToken}" }\n`)],
  [
    'a secret far down in a long file',
    'secret',
    writes('src/long.js', `${'const a = 1;\n'.repeat(9_000)}const key = '${githubToken}';\n`),
  ],
  [
    'a secret behind a byte order mark',
    'secret',
    writes('src/mark.js', `\ufeff${githubToken}\n${base['src/cart.js']}`),
  ],
]);

export const patchesOfContent: readonly HostileCase[] = [...noText, ...secrets];
