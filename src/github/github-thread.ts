import type { Thread, ThreadComment } from '../ports/thread.ts';
import { isRefused, orStatus } from './forge-fault.ts';
import type { Installations, Octokit } from './installations.ts';

/** GitHub lists at most this many comments here; ours stand early in a thread. */
const maxPages = 10;

export function createGitHubThread(installations: Installations): Thread {
  return {
    ownComments: (repository, number) =>
      installations.call(repository, `list the comments of #${number}`, async (octokit, where) => {
        const self = `${await installations.slug()}[bot]`;
        const own = [];
        let page = 0;
        const pages = octokit.paginate.iterator(octokit.rest.issues.listComments, {
          ...where,
          issue_number: number,
          per_page: 100,
        });
        for await (const { data } of pages) {
          own.push(
            ...data.filter((comment) => comment.user?.login === self).map(({ id, body }) => ({ id, body: body ?? '' })),
          );
          if (++page >= maxPages) break;
        }
        return own;
      }),

    otherComments: (repository, number, limit) =>
      installations.call(repository, `read the comments of #${number}`, async (octokit, where) => {
        const self = `${await installations.slug()}[bot]`;
        const said: ThreadComment[] = [];
        const pages = octokit.paginate.iterator(octokit.rest.issues.listComments, {
          ...where,
          issue_number: number,
          per_page: 100,
        });
        for await (const { data } of pages) {
          said.push(...data.filter(({ user }) => user?.login !== self).map(toThreadComment));
          if (said.length >= limit) break;
        }
        return said.slice(0, limit);
      }),

    comment: (repository, number, body) =>
      installations.call(repository, `comment on #${number}`, async (octokit, where) => {
        const { data } = await octokit.rest.issues.createComment({ ...where, issue_number: number, body });
        return data.id;
      }),

    edit: (repository, commentId, body) =>
      installations.call(repository, `edit comment ${commentId}`, async (octokit, where) => {
        const answer = await orStatus([404], () =>
          octokit.rest.issues.updateComment({ ...where, comment_id: commentId, body }),
        );
        return !isRefused(answer);
      }),

    remove: (repository, commentId) =>
      installations.call(repository, `delete comment ${commentId}`, async (octokit, where) => {
        await orStatus([404], () => octokit.rest.issues.deleteComment({ ...where, comment_id: commentId }));
      }),

    react: (repository, to, content) =>
      installations.call(repository, 'react', async (octokit, where) => {
        if ('issue' in to) await octokit.rest.reactions.createForIssue({ ...where, issue_number: to.issue, content });
        else await octokit.rest.reactions.createForIssueComment({ ...where, comment_id: to.comment, content });
      }),

    setOwnLabels: (repository, number, prefix, labels) =>
      installations.call(repository, `label #${number}`, async (octokit, where) => {
        const target = { ...where, issue_number: number };
        const { data } = await octokit.rest.issues.listLabelsOnIssue({ ...target, per_page: 100 });
        const present = data.map((label) => label.name);
        const missing = labels.filter((label) => !present.includes(label));
        if (missing.length > 0) await octokit.rest.issues.addLabels({ ...target, labels: missing });
        for (const name of present.filter((label) => label.startsWith(prefix) && !labels.includes(label))) {
          await orStatus([404], () => octokit.rest.issues.removeLabel({ ...target, name }));
        }
      }),
  };
}

type RestComment = Awaited<ReturnType<Octokit['rest']['issues']['listComments']>>['data'][number];

const toThreadComment = ({ id, user, body, created_at, updated_at, performed_via_github_app }: RestComment) => ({
  id,
  author: user?.login ?? 'ghost',
  authorId: user?.id ?? 0,
  // A person's token in the hands of another App writes what that App wants.
  isBot: user?.type === 'Bot' || performed_via_github_app != null,
  createdAtMs: Date.parse(created_at),
  editedAtMs: Date.parse(updated_at),
  body: body ?? '',
});
