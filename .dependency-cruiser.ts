import type { VariableDeclarator } from '@swc/core';
import { Visitor } from '@swc/core/Visitor.js';
import type { IConfiguration, IForbiddenRuleType } from 'dependency-cruiser';

/**
 * The import directions of docs/architecture.md, as rules. `test/architecture.test.ts` runs them and proves for each
 * that a planted violation is found.
 *
 *   index, cli → app, web → workflows → steps, agent → localization, prompts, ports → domain
 *   adapters (github, git, local, models, durable, store, syntax, telemetry) → ports, domain
 */
const adapters = ['github', 'git', 'local', 'models', 'durable', 'store', 'syntax', 'telemetry'];
const belowWorkflows = ['steps', 'agent', 'localization', 'thread', 'prompts', 'ports', 'domain'];

/** What the modules of a folder may import beside their own folder. The roots may import anything, and nobody them. */
const roots = ['cli'];
const mayImport: Readonly<Record<string, readonly string[]>> = {
  app: ['workflows', ...belowWorkflows],
  web: ['workflows', ...belowWorkflows.filter((folder) => folder !== 'thread')],
  workflows: belowWorkflows,
  steps: ['agent', 'localization', 'thread', 'prompts', 'ports', 'domain'],
  localization: ['ports', 'domain'],
  agent: ['localization', 'prompts', 'ports', 'domain'],
  thread: ['domain'],
  prompts: ['domain'],
  ports: ['domain'],
  domain: [],
  // What may be set follows from who can be asked.
  config: ['models', 'ports', 'domain'],
  ...Object.fromEntries(adapters.map((adapter) => [adapter, ['ports', 'domain']])),
};

/** Packages and Node's own modules, where a folder is not free to choose: no vendor and no I/O in the middle. */
const mayUse: Readonly<Record<string, readonly string[]>> = {
  domain: ['zod', 'crypto', 'buffer'],
  thread: ['mdast', '@types/mdast', 'mdast-util-from-markdown', 'mdast-util-gfm', 'micromark-extension-gfm', 'parse5'],
  ports: [],
  prompts: ['fs'],
  agent: ['zod', 'path/posix', 'worker_threads', 'crypto', 'jsonrepair'],
  localization: ['zod', 'path/posix', 'worker_threads', 'crypto'],
  steps: ['zod', 'yaml', 'crypto', 'fs', 'buffer', 'path/posix', 'saxes', '@secretlint/.+'],
  workflows: ['zod', 'crypto'],
};

const folderRule = ([folder, allowed]: [string, readonly string[]]): IForbiddenRuleType => ({
  name: `${folder}-imports`,
  comment: `src/${folder} may import ${allowed.length === 0 ? 'only itself' : allowed.join(', ')}`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: '^(src|test)/', pathNot: `^src/(${[folder, ...allowed].join('|')})/` },
});

const packageRule = ([folder, allowed]: [string, readonly string[]]): IForbiddenRuleType => ({
  name: `${folder}-uses`,
  comment: `src/${folder} may use ${allowed.length === 0 ? 'no packages' : allowed.join(', ')}`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: {
    dependencyTypesNot: ['local'],
    pathNot: ['^(src|test)/', ...allowed.map((name) => `^(node:)?${name}$|(^|/)node_modules/${name}/`)],
  },
});

// The visitor that comes with @swc/core 1.16 throws on `using`; such a statement is a declaration like any other.
const { visitStatement } = Visitor.prototype;
Visitor.prototype.visitStatement = function (this: Visitor, statement) {
  const { type, decls } = statement as { readonly type: string; readonly decls?: VariableDeclarator[] };
  if (type !== 'UsingDeclaration' || decls === undefined) return visitStatement.call(this, statement);
  this.visitVariableDeclarators(decls);
  return statement;
};

const configuration: IConfiguration = {
  forbidden: [
    ...Object.entries(mayImport).map(folderRule),
    ...Object.entries(mayUse).map(packageRule),
    {
      name: 'known-folders',
      comment: 'A new folder of src needs its place in the order of the house',
      severity: 'error',
      from: {},
      to: { path: '^src/[^/]+/', pathNot: `^src/(${[...roots, ...Object.keys(mayImport)].join('|')})/` },
    },
    {
      name: 'no-cycles',
      comment: 'Modules that need each other are one module, or have a third one in common',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true },
    },
    {
      name: 'no-test-in-src',
      comment: 'The product does not stand on its tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|fixtures)/' },
    },
    {
      name: 'only-what-is-there',
      comment: 'An import must resolve, or the other rules are blind to it',
      severity: 'error',
      from: { path: '^src/' },
      to: { couldNotResolve: true },
    },
    {
      name: 'no-development-packages',
      comment: 'The container has no development dependencies',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    parser: 'swc',
    // Type imports count: a domain that needs an adapter's types needs the adapter.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};

export default configuration;
