import type { Probot } from 'probot';
import { policyPath } from '../domain/policy.ts';
import { type Accept, field, repositoryOf } from './edge.ts';

/**
 * Somebody pushed, and the configuration may have changed with it. Nearly all pushes end here: one that plainly leaves
 * the file alone costs a look at the names of the files that it lists.
 */
export const push = (app: Probot, accept: Accept): void =>
  app.on('push', async ({ id, payload }) => {
    const branch = /^refs\/heads\/(.+)$/s.exec(String(field(payload, 'ref')))?.[1];
    if (branch === undefined || field(payload, 'deleted') === true) return;
    const isDefaultBranch = branch === field(payload, 'repository.default_branch');
    // On another branch a push matters only for the one who reads the check there.
    if (!listsConfiguration(payload) && !(isDefaultBranch && mayHoldMore(payload))) return;
    await accept(id, {
      type: 'configuration-pushed',
      repository: repositoryOf(payload),
      commit: field(payload, 'after'),
      isDefaultBranch,
    });
  });

/** https://docs.github.com/webhooks/webhook-events-and-payloads#push has 2,048; lists of files are cut somewhere too. */
const maxListedCommits = 2_048;
const maxListedFiles = 1_000;

const commitsOf = (payload: unknown): readonly unknown[] => listAt(payload, 'commits');

function listAt(value: unknown, path: string): readonly unknown[] {
  const list = field(value, path);
  return Array.isArray(list) ? list : [];
}

const fileLists = (commit: unknown) => ['added', 'modified', 'removed'].map((kind) => listAt(commit, kind));

/** The file, or a prompt: in whatever folder those are kept, most people name it so. */
const listsConfiguration = (payload: unknown): boolean =>
  commitsOf(payload).some((commit) =>
    fileLists(commit).some((files) => files.some((file) => file === policyPath || isPrompt(String(file)))),
  );

const isPrompt = (path: string): boolean => /(?:^|\/)prompts\/[^/]+\.md$/.test(path);

/** A branch that was moved back lists no commit, and very large pushes not all. */
function mayHoldMore(payload: unknown): boolean {
  const commits = commitsOf(payload);
  return (
    commits.length === 0 ||
    commits.length >= maxListedCommits ||
    field(payload, 'forced') === true ||
    commits.some((commit) => fileLists(commit).some((files) => files.length >= maxListedFiles))
  );
}
