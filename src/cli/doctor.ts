import { isRepositoryName } from '../domain/repository-name.ts';
import { readArguments } from './arguments.ts';
import { type Command, exits, UsageError } from './command.ts';
import { consult, deadlineMs } from './doctor/consult.ts';
import { live } from './live/command.ts';
import { loadDotEnv } from './settings.ts';

export const doctorCommand: Command = {
  help: `Usage: ai-fix doctor [owner/repository] [--json] [--no-models]
       ai-fix doctor --live owner/scratch-repository [--markdown | --json]

Looks at settings, credentials, permissions, webhook, database, models and this machine, and at a repository's set-up
where one is named. It changes nothing. Each request ends after ${deadlineMs / 1000} s. What each line means: docs/doctor.md

  --json        prints the findings as JSON
  --no-models   asks no model; else one of each key is asked one word, for less than $0.001 together

With --live it asks GitHub itself what the design leans on, by experiments in a repository that is there for such
things, and prints what was expected and what was found. It makes a branch, refs, a pull request and a run, and takes
them back.

  --markdown    prints the table as Markdown
  --yes-this-is-a-scratch-repository
                for a repository whose name does not say scratch, sandbox or test

Exit code: 0 when nothing fails or differs, 1 when something does, 78 when settings are wrong.`,
  run: async (args, terminal) => {
    const { options, operands, wantsHelp } = readArguments(args, kinds, 1);
    if (wantsHelp) {
      terminal.say(doctorCommand.help);
      return exits.good;
    }
    const repository = operands[0] === undefined ? null : repositoryOf(operands[0]);
    const isJson = options.json === true;
    if (options.live !== true) {
      const stray = liveOnly.find((name) => options[name]);
      if (stray !== undefined) throw new UsageError(`--${stray} is for --live`);
      loadDotEnv();
      const order = { repository, isJson, asksModels: options['no-models'] !== true };
      return consult(order, process.env, terminal);
    }
    if (repository === null) throw new UsageError('--live needs a scratch repository: owner/repository');
    if (options['no-models']) throw new UsageError('--no-models is not for --live: no model is asked there');
    if (isJson && options.markdown) throw new UsageError('--json or --markdown, not both');
    const format = isJson ? 'json' : options.markdown ? 'markdown' : 'text';
    return live({ repository, format, isSurelyScratch: options[surely] === true }, terminal);
  },
};

const surely = 'yes-this-is-a-scratch-repository';
const liveOnly = ['markdown', surely] as const;
const kinds = {
  json: 'boolean',
  'no-models': 'boolean',
  live: 'boolean',
  markdown: 'boolean',
  [surely]: 'boolean',
} as const;

function repositoryOf(text: string): { owner: string; name: string } {
  const [owner = '', name = '', ...more] = text.split('/');
  if (more.length === 0 && isRepositoryName(owner, name)) return { owner, name };
  throw new UsageError(`${JSON.stringify(text.slice(0, 80))} is no repository; allowed: owner/repository`);
}
