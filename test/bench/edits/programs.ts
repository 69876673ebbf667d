import type { Random } from './random.ts';

/** How a language writes the few things that the generated programs are made of. */
export interface Dialect {
  readonly path: string;
  readonly indent: string;
  readonly comment: string;
  readonly opens: (name: string, args: string) => string;
  readonly statement: (name: string, value: string) => string;
  readonly condition: (test: string) => string;
  readonly returns: (value: string) => string;
  readonly end: string | null;
}

const braces = { end: '}', comment: '//' } as const;

export const dialects: readonly Dialect[] = [
  {
    ...braces,
    path: 'src/orders.ts',
    indent: '  ',
    opens: (name, args) => `export function ${name}(${args}: number): number {`,
    statement: (name, value) => `const ${name} = ${value};`,
    condition: (test) => `if (${test}) {`,
    returns: (value) => `return ${value};`,
  },
  {
    path: 'shop/orders.py',
    indent: '    ',
    comment: '#',
    end: null,
    opens: (name, args) => `def ${name}(${args}):`,
    statement: (name, value) => `${name} = ${value}`,
    condition: (test) => `if ${test}:`,
    returns: (value) => `return ${value}`,
  },
  {
    ...braces,
    path: 'shop/orders.go',
    indent: '\t',
    opens: (name, args) => `func ${name}(${args} int) int {`,
    statement: (name, value) => `${name} := ${value}`,
    condition: (test) => `if ${test} {`,
    returns: (value) => `return ${value}`,
  },
  {
    ...braces,
    path: 'Orders.java',
    indent: '    ',
    opens: (name, args) => `int ${name}(int ${args}) {`,
    statement: (name, value) => `final var ${name} = ${value};`,
    condition: (test) => `if (${test}) {`,
    returns: (value) => `return ${value};`,
  },
  {
    ...braces,
    path: 'src/orders.rs',
    indent: '    ',
    opens: (name, args) => `fn ${name}(${args}: u64) -> u64 {`,
    statement: (name, value) => `let ${name} = ${value};`,
    condition: (test) => `if ${test} {`,
    returns: (value) => `return ${value};`,
  },
];

export interface Program {
  readonly dialect: Dialect;
  readonly lines: readonly string[];
  /** First and last line of each function, from 0. */
  readonly functions: readonly { readonly first: number; readonly last: number }[];
}

const words = [
  'order',
  'price',
  'total',
  'rate',
  'limit',
  'count',
  'basket',
  'refund',
  'tax',
  'stock',
  'größe',
  'prix',
];
const nameFrom = (random: Random): string => `${random.pick(words)}_${random.pick(words)}_${random.below(90) + 10}`;

/** Functions of assignments, conditions, blank lines and comments, and lines that are everywhere (`}`, `return 0`). */
export function makeProgram(random: Random, dialect: Dialect, count = 5): Program {
  const lines: string[] = [];
  const functions: { first: number; last: number }[] = [];
  for (let made = 0; made < count; made += 1) {
    const first = lines.length;
    lines.push(...makeFunction(random, dialect));
    functions.push({ first, last: lines.length - 1 });
    lines.push('');
  }
  lines.pop();
  return { dialect, lines, functions };
}

function makeFunction(random: Random, dialect: Dialect): string[] {
  const { indent, comment } = dialect;
  const argument = nameFrom(random);
  const body: string[] = [];
  for (let made = 0, statements = 6 + random.below(6); made < statements; made += 1) {
    if (random.chance(0.15)) body.push('');
    if (random.chance(0.2)) body.push(`${comment} ${nameFrom(random)} goes with ${nameFrom(random)}`);
    if (random.chance(0.25)) body.push(...makeCondition(random, dialect, argument));
    else body.push(dialect.statement(nameFrom(random), valueFrom(random, argument)));
  }
  body.push(dialect.returns(random.chance(0.3) ? '0' : argument));
  const inner = body.map((line) => (line === '' ? '' : indent + line));
  const end = dialect.end === null ? [] : [dialect.end];
  return [dialect.opens(nameFrom(random), argument), ...inner, ...end];
}

function makeCondition(
  random: Random,
  { indent, condition, statement, returns, end }: Dialect,
  argument: string,
): string[] {
  const inner = [statement(nameFrom(random), valueFrom(random, argument)), returns(random.chance(0.5) ? '0' : '1')];
  const lines = [condition(`${argument} > ${random.below(1000)}`), ...inner.map((line) => indent + line)];
  return end === null ? lines : [...lines, end];
}

const valueFrom = (random: Random, argument: string): string =>
  random.chance(0.4)
    ? `lookup("${random.pick(words)} ${random.below(1000)}", ${argument})`
    : `${argument} * ${random.below(1000)} + ${random.below(1000)}`;
