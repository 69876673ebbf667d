import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ConfigError } from '../../src/domain/faults.ts';

export interface DemoOptions {
  /** Folder of a git repository or of plain files. */
  readonly repository: string;
  /** First line `# title`, the rest is the body. */
  readonly issue: string;
  /** What the scripted model says; null asks a real one. */
  readonly script: string | null;
  /** True for our own sample, which may run without a sandbox where there is none. */
  readonly isOurs: boolean;
}

export const demoUsage = `Watch ai-fix fix a bug, on this machine alone.

  npm run demo                                     the sample shop, with a scripted model
  npm run demo -- --sample py-slug                 the other sample (Python)
  npm run demo -- --live                           the sample, with the model whose key or OPENAI_BASE_URL is set
  npm run demo -- --live --repo PATH --issue FILE  a repository and bug of your own
  npm run demo -- --repo PATH --issue FILE --script FILE
                                                   the same with a script of your own (fixtures/model-scripts/)

An issue file holds "# title" in its first line and the text below.
`;

const samples = ['shop-cart', 'py-slug'] as const;

/** @throws {ConfigError} with everything that is wrong with the arguments; null when help was asked for. */
export function readOptions(args: readonly string[]): DemoOptions | null {
  const { values, problems } = parse(args);
  if (values.help) return null;
  const { live = false, repo, issue, script, sample = samples[0] } = values;
  if (!(samples as readonly string[]).includes(sample))
    problems.push(`--sample: found ${sample}; allowed: ${samples.join(', ')}`);
  if ((repo === undefined) !== (issue === undefined))
    problems.push('--repo and --issue go together: a repository, and the file of the bug in it');
  if (live && script !== undefined)
    problems.push('--live and --script exclude each other: either a real model answers or a script');
  if (repo !== undefined && !live && script === undefined)
    problems.push('--repo: needs --live (a real model) or --script FILE (what a scripted one says)');
  for (const [name, path] of Object.entries({ repo, issue, script })) {
    if (path !== undefined && !existsSync(path)) problems.push(`--${name}: there is nothing at ${path}`);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    repository: repo ?? `fixtures/repositories/${sample}`,
    issue: issue ?? `fixtures/issues/${sample}.md`,
    script: live ? null : (script ?? `fixtures/model-scripts/${sample}.json`),
    isOurs: repo === undefined && !live,
  };
}

function parse(args: readonly string[]) {
  const options = {
    live: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
    repo: { type: 'string' },
    issue: { type: 'string' },
    script: { type: 'string' },
    sample: { type: 'string' },
  } as const;
  try {
    return { values: parseArgs({ args: [...args], options }).values, problems: [] as string[] };
  } catch (error) {
    throw new ConfigError([
      `${(error as Error).message.replace(/\. To specify.*$/s, '')}; npm run demo -- --help shows what there is`,
    ]);
  }
}
