import { z } from 'zod';
import { branchNameProblem } from '../domain/branch-name.ts';
import {
  closingWords,
  commentPolicies,
  defaultPolicy,
  documentPlaces,
  fixDeliveries,
  fixerReviews,
  fixerTimes,
  testFirstModes,
  triggerModes,
} from '../domain/policy.ts';
import {
  aPathGlob,
  gate,
  group,
  key,
  list,
  modelShape,
  pathGlobWords,
  sharedTokens,
  sharedUsd,
  text,
  whole,
  whoRule,
  word,
} from './schema-parts.ts';
import {
  branchGlobProblem,
  branchTemplateProblem,
  extendsProblem,
  keyLinkProblem,
  pathProblem,
  titleTemplateProblem,
} from './setting-forms.ts';

/**
 * Every key of `.github/ai-fix.yml`: what it means (for editors, through the JSON Schema), what may stand there (for
 * errors), and its default. Strict everywhere. A new key belongs here, in `to-policy.ts` and in docs/configuration.md.
 */

const { triggers, who, gates, patience, budget, branches, pullRequests, externalKeys, documents, evidence, fixers } =
  defaultPolicy;

export const settingsSchema = z.strictObject({
  _extends: key(text(200, extendsProblem), {
    means:
      'Another file whose keys hold where this one says nothing: repository, owner/repository or owner/repository:path.yml.',
    allowed: '`repository`, `owner/repository` or `owner/repository:path.yml`',
  }),
  enabled: key(z.boolean(), {
    means: 'False switches ai-fix off in this repository.',
    allowed: '`true` or `false`',
    default: defaultPolicy.isEnabled,
  }),
  label: key(
    z
      .string()
      .max(32)
      .regex(/^(?! )[^,:\r\n\t]+(?<! )$/),
    {
      means: 'Labelling an issue with this starts a fix; labels that begin with it and a colon show its state.',
      allowed: 'a text of 1 to 32 characters, without comma and colon, and without blanks at its ends',
      default: defaultPolicy.label,
    },
  ),
  triggers: group('What starts a fix.', {
    issues: word(triggerModes, 'Whether the label on an issue does. off: it does nothing.', triggers.issues),
    failing_checks: group('Whether a failing check does.', {
      branches: list(text(200, branchGlobProblem), 50, {
        means: 'Branches whose failing checks start a fix by themselves, as globs.',
        of: 'the name of a branch, or a glob of names with `*`, `**` and `?`',
        default: triggers.failingChecks.branches,
      }),
      pull_requests: word(
        triggerModes,
        'Whether the label on a pull request asks for fixes of its failing checks. off: only the command does.',
        triggers.failingChecks.pullRequests,
      ),
      delivery: word(
        fixDeliveries,
        'How the fix of a failing branch is offered: as a pull request against it, or as a commit on it.',
        triggers.failingChecks.delivery,
      ),
    }),
  }),
  who: group('Who may do what. Naming people narrows: the named still need the level.', {
    may_trigger: whoRule({ means: 'Who may start a fix.', default: who.rules.trigger.level }),
    may_approve: whoRule({ means: 'Who may approve what waits at a gate.', default: who.rules.approve.level }),
    may_command: whoRule({ means: 'Who may give the other commands.', default: who.rules.command.level }),
    self_approval: key(z.boolean(), {
      means: 'Whether whoever ordered a fix may approve it.',
      allowed: '`true` or `false`',
      default: who.selfApproval,
    }),
    bots: list(z.number().int().positive(), 50, {
      means: 'Account numbers of bots that may trigger and command. No bot ever approves.',
      of: 'the number of a bot account',
      default: who.bots,
    }),
  }),
  comments: word(commentPolicies, 'Whose comments on the issue the models see.', defaultPolicy.comments),
  limits: group('How much may be begun.', {
    fixes_per_hour: whole(
      1,
      1_000,
      'Fixes that may be started in this repository within an hour.',
      defaultPolicy.fixesPerHour,
    ),
  }),
  gates: group('What waits for a person before the work goes on.', {
    requirements: gate('the document of the requirements', gates.requirements.mode),
    design: gate('the design document', gates.design.mode),
    plan: gate('the plan', gates.plan.mode),
  }),
  patience: group('How long a fix waits for people, in days.', {
    approval_days: whole(2, 90, 'For an approval; then the fix expires.', patience.approvalDays),
    reminder_days: whole(1, 89, 'At a gate before the one reminder. Less than approval_days.', patience.reminderDays),
    stale_days: whole(
      1,
      365,
      'For a merge or a word on the finished pull request; then it is closed.',
      patience.staleDays,
    ),
  }),
  models: group('Models by role, each a chain: where one fails the next is asked.', modelShape),
  budget: group(
    'What one fix may cost at most, and what all fixes of a repository and of an organization may together.',
    {
      usd: key(z.number().min(0.01).max(1_000), {
        means: 'Money, in US dollars.',
        allowed: 'a number from 0.01 to 1000',
        default: budget.usd,
      }),
      tokens: whole(1, 1_000_000_000, 'Tokens, read and written.', budget.tokens),
      attempts: whole(1, 20, 'Patches that are validated.', budget.attempts),
      minutes: whole(
        1,
        24 * 60,
        "Minutes of the models' work; waits and validation runs do not count.",
        budget.minutes,
      ),
      repo_usd_per_day: sharedUsd('Money that all fixes of this repository may cost on one day of UTC.'),
      repo_tokens_per_day: sharedTokens(
        'Tokens that all fixes of this repository may read and write on one day of UTC.',
      ),
      org_usd_per_month: sharedUsd(
        "Money that all fixes of this repository's owner may cost in one month of UTC. The owner's .github repository sets it; others can only lower it.",
      ),
      org_tokens_per_month: sharedTokens(
        "Tokens that all fixes of this repository's owner may read and write in one month of UTC, as org_usd_per_month.",
      ),
    },
  ),
  sandbox: group('Where patches are validated.', {
    workflow: key(
      z
        .string()
        .max(100)
        .regex(/^[A-Za-z0-9._-]+\.ya?ml$/),
      {
        means: 'The file in .github/workflows.',
        allowed: 'the name of a file in .github/workflows that ends in `.yml` or `.yaml`',
        default: defaultPolicy.sandboxWorkflow,
      },
    ),
  }),
  evidence: group('What a patch has to show beyond passing checks.', {
    test_first: word(
      testFirstModes,
      'auto: of a bug a test is seen failing first, and new tests are run without the change too, where test reports are kept. off: neither.',
      evidence.testFirst,
    ),
  }),
  fixers: group('Mending failing checks without a model, by the fixers that the sandbox workflow names.', {
    when: word(
      fixerTimes,
      'auto: first where every failing check calls for a fixer, else only where no model can do it. first: always first. off: never.',
      fixers.when,
    ),
    snapshots: key(z.boolean(), {
      means: 'Whether they may write snapshots of tests anew. A person is then asked.',
      allowed: '`true` or `false`',
      default: fixers.snapshots,
    }),
    review: word(
      fixerReviews,
      'person: whoever merges their patch is its reviewer. model: the reviewer model reads it first, where one answers.',
      fixers.review,
    ),
    max_files: whole(1, 200, 'Files that their patch may change; a larger one is not taken.', fixers.maxFiles),
  }),
  paths: group('What patches may not change just like that.', {
    protected: list(aPathGlob(), 200, {
      means: 'A patch may change them only after a person approved it.',
      of: pathGlobWords,
      default: defaultPolicy.protectedPaths,
    }),
    forbidden: list(aPathGlob(), 200, {
      means: 'No patch may change them, whoever approves.',
      of: pathGlobWords,
      default: defaultPolicy.forbiddenPaths,
    }),
  }),
  branches: group('The branches of fixes.', {
    // git takes no two dots in a name, and no part that ends in a dot or in .lock.
    prefix: key(
      z
        .string()
        .max(60)
        .regex(/^(?!.*(?:\.\.|\.\/|\.lock\/))[A-Za-z0-9][A-Za-z0-9._-]*\/$/),
      {
        means: 'What the names begin with.',
        allowed: 'letters, digits, single dots, dashes and underscores, then a slash; at most 60',
        default: branches.prefix,
      },
    ),
    base: key(z.nullable(text(200, branchNameProblem)), {
      means: 'The branch to start from and to merge into. null: the default branch.',
      allowed: 'the name of a branch, or null for the default branch',
      default: branches.base,
    }),
    name: key(text(100, branchTemplateProblem), {
      means: 'What stands behind the prefix: {number} and {slug} of the issue, {key} of an outside tracker.',
      allowed:
        'letters, digits, dots, dashes and underscores with `{number}`, `{slug}` and `{key}`, one of the first two at least',
      default: branches.name,
    }),
  }),
  pull_requests: group('How pull requests look.', {
    title: key(text(200, titleTemplateProblem), {
      means: 'Their title: {type} (fix, feat, …), {title}, {number} of the issue, {key} of an outside tracker.',
      allowed: 'one line with `{title}`, and with `{type}`, `{number}` and `{key}` where you like',
      default: pullRequests.title,
    }),
    closing: word(
      closingWords,
      'The word by which a merge closes the issue. none: the issue is only linked.',
      pullRequests.closing,
    ),
  }),
  external_keys: group('Keys of an outside tracker, like AEC-456, that go into branch, commits and documents.', {
    prefixes: list(z.string().regex(/^[A-Z][A-Z0-9_]{0,9}$/), 20, {
      means: 'What such keys begin with: AEC finds AEC-456.',
      of: '1 to 10 capital letters, digits and underscores, a letter first',
      default: externalKeys.prefixes,
    }),
    link: key(z.nullable(text(300, keyLinkProblem)), {
      means: 'The address of a key, with {key} in it. null: keys are no links.',
      allowed: 'an https address with `{key}` in its path, or null',
      default: externalKeys.link,
    }),
  }),
  documents: group('The plan documents.', {
    where: word(documentPlaces, 'Whether they are comments alone, or also files on the branch.', documents.where),
    templates: key(text(300, pathProblem), {
      means: 'A folder of the repository whose requirements.md, design.md and plan.md take the place of ours.',
      allowed: 'a folder inside the repository, as in `docs/templates`',
      default: documents.templates,
    }),
  }),
  prompts: key(text(300, pathProblem), {
    means: 'A folder of the default branch whose code.md, review.md, … take the place of our working rules.',
    allowed: 'a folder inside the repository, as in `docs/prompts`',
    default: defaultPolicy.promptsFolder,
  }),
  context: list(text(300, pathProblem), 20, {
    means: 'Files that the models read first, where they are there; always as they are at the base commit.',
    of: 'a path inside the repository',
    default: defaultPolicy.contextFiles,
  }),
});

/** What a file says, as it says it: no defaults yet. */
export type Settings = z.infer<typeof settingsSchema>;
