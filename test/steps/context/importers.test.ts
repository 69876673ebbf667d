import { describe, expect, it } from 'vitest';
import { countImporters } from '../../../src/steps/context/importers.ts';
import { type FakeFiles, fakeTree } from '../../support/fake-tree.ts';

const counted = async (files: FakeFiles) =>
  Object.fromEntries(await countImporters(fakeTree(files), Object.keys(files)));

describe('who imports whom', () => {
  it.each<[language: string, files: FakeFiles, expected: Record<string, number>]>([
    [
      'TypeScript',
      {
        'src/a.ts': "import { b } from './b.ts';\nimport type {\n  C,\n} from './c/index.js';\n",
        'src/d.ts': "const b = require('./b');\nexport * from './b.js';\nimport fs from 'node:fs';\n",
        'src/b.ts': "import './b.ts';\n",
        'src/c/index.ts': '',
      },
      { 'src/b.ts': 2, 'src/c/index.ts': 1 },
    ],
    [
      'Python',
      {
        'shop/cart.py': 'from .money import cents\nfrom shop.tax.rates import rate\nimport os.path\n',
        'shop/tax/rates.py': 'from ..money import cents\n',
        'shop/money.py': '',
      },
      { 'shop/money.py': 2, 'shop/tax/rates.py': 1 },
    ],
    [
      'Java',
      {
        'src/main/java/com/acme/Cart.java': 'import com.acme.money.Cents;\nimport static com.acme.money.Cents.of;\n',
        'src/main/java/com/acme/money/Cents.java': '',
      },
      { 'src/main/java/com/acme/money/Cents.java': 1 },
    ],
    [
      'Rust',
      { 'src/main.rs': 'use crate::money::cents::Cents;\n', 'src/money/cents.rs': '' },
      { 'src/money/cents.rs': 1 },
    ],
    [
      'Go',
      {
        'cmd/shop/main.go': 'import (\n\t"fmt"\n\tm "example.com/shop/pkg/money"\n)\n',
        'pkg/money/cents.go': '',
        'pkg/money/money.go': '',
      },
      { 'pkg/money/money.go': 1 },
    ],
  ])('is seen in %s', async (_language, files, expected) => {
    expect(await counted(files)).toEqual(expected);
  });

  it('is not guessed where two files end alike', async () => {
    const files = { 'a/money/cents.py': '', 'b/money/cents.py': '', 'c.py': 'from money.cents import x\n' };

    expect(await counted(files)).toEqual({});
  });
});
