import { signalSchema } from '../../../src/domain/signal.ts';
import { sampleRepository } from '../../support/sample-fix.ts';
import type { HostileCase } from '../hostile-case.ts';
import { type Came, commentPayload, keptOf, labelledPayload, letGo } from './edge-of-app.ts';

/** Payloads that were signed rightly and hold what GitHub never sends. */

type Fields = Readonly<Record<string, unknown>>;
const approve = '/ai-fix approve';

const named = (name: unknown, owner: unknown = 'acme'): Fields =>
  labelledPayload({ repository: { name, owner: { login: owner } } });

const label = (payload: Fields): [string, Fields] => ['issues', payload];
const from = (facts: Fields): [string, Fields] => label(labelledPayload(facts));
const ofIssue = (facts: Fields): [string, Fields] => label(labelledPayload({}, facts));
const run = (facts: Fields, change: Fields = {}): [string, Fields] => [
  'workflow_run',
  { ...labelledPayload(change), action: 'completed', workflow_run: { id: 9, event: 'workflow_dispatch', ...facts } },
];

const payloads: Readonly<Record<string, [event: string, payload: Fields]>> = {
  'a payload without an installation': from({ installation: null }),
  'an installation with a negative number': from({ installation: { id: -7 } }),
  'an installation with a number as text': from({ installation: { id: '7' } }),
  'an installation with a number beyond all integers': from({ installation: { id: 1e308 } }),
  'a payload without a repository': from({ repository: null }),
  'a payload without a sender': from({ sender: null }),
  'a sender without a name': from({ sender: { login: '', type: 'User' } }),
  'a sender with an endless name': from({ sender: { login: 'a'.repeat(10_000), type: 'User' } }),
  'a repository that leads out of its folder': label(named('../../etc')),
  'a repository named ..': label(named('..')),
  'a repository with an encoded dot': label(named('%2e%2e')),
  'a repository with an encoded slash': label(named('shop%2f..%2fsecrets')),
  'a repository with a line break': label(named('shop\r\nX-Evil: 1')),
  'a repository with a question mark': label(named('shop?access_token=1')),
  'a repository with NUL': label(named('shop\0')),
  'a repository that ends in .git': label(named('shop.git')),
  'a repository that is no text': label(named({ toString: 'shop' })),
  'a repository of full-width letters': label(named('ｓhop')),
  'an owner with @': label(named('shop', 'acme@evil.example')),
  'an owner with a slash': label(named('shop', 'acme/../evil')),
  'an owner with a colon': label(named('shop', 'evil.example:443')),
  'an owner that begins like an option': label(named('shop', '--upload-pack=id')),
  'an owner named __proto__': label(named('shop', '__proto__')),
  'an issue with a number as text': ofIssue({ number: '12' }),
  'an issue with a negative number': ofIssue({ number: -1 }),
  'an issue with half a number': ofIssue({ number: 1.5 }),
  'an issue numbered by a path': ofIssue({ number: '12/../../13' }),
  'a title of a megabyte': ofIssue({ title: 'x'.repeat(1024 * 1024) }),
  'a text of a megabyte': ofIssue({ body: 'x'.repeat(1024 * 1024) }),
  'a title that is no text': ofIssue({ title: ['sum'] }),
  'an address of a megabyte': ofIssue({ html_url: `https://github.example/${'x'.repeat(1024 * 1024)}` }),
  'a label that is no text': from({ label: { name: ['ai-fix'] } }),
  'a label without a name': from({ label: null }),
  'a label of a megabyte': from({ label: { name: 'x'.repeat(1024 * 1024) } }),
  'a label on a pull request': ofIssue({ pull_request: { url: 'https://github.example/pulls/12' } }),
  'a label of our own bot': from({ sender: { login: 'ai-fix[bot]', id: 41, type: 'Bot' } }),
  'a label on a payload whose fields come by inheritance': label(
    Object.create(labelledPayload(), { action: { value: 'labeled' } }),
  ),
  'the header of a label over the body of a comment': ['issues', commentPayload(approve)],
  'the header of a comment over the body of a label': ['issue_comment', labelledPayload()],
  'the header of a closed pull request over the body of a closed issue': [
    'pull_request',
    labelledPayload({ action: 'closed' }),
  ],
  'the header of a run over the body of a check': [
    'workflow_run',
    { ...labelledPayload({ action: 'completed' }), check_run: { id: 9, conclusion: 'success' } },
  ],
  'the header of a comment on an issue over one of a discussion': [
    'issue_comment',
    { ...commentPayload(approve), issue: undefined, discussion: { number: 12 } },
  ],
  'the header of a comment on an issue over one of a line of code': [
    'issue_comment',
    { ...commentPayload(approve), issue: undefined, pull_request: { number: 12 } },
  ],
  'an action that every object has': from({ action: 'constructor' }),
  'an action that is a list of actions': from({ action: ['labeled', 'closed'] }),
  'a run that a push started': run({ event: 'push' }),
  'a run with a number as text': run({ id: '9' }),
  'a run with a path for a number': run({ id: '9/../10' }),
  'a command on a comment with a path for a number': [
    'issue_comment',
    commentPayload(approve, {}, { id: '501/reactions' }),
  ],
};

const letGoes: readonly HostileCase[] = Object.entries(payloads).map(([name, [event, payload]]) => ({
  name,
  expected: 'silence',
  attack: () => letGo(event, payload),
}));

/** What is kept of a payload that lies is what the API can be asked about, and nothing else. */
async function keepsOnly(names: readonly string[], [event, payload]: [string, Fields]): Promise<Came> {
  const kept = await keptOf(event, payload);
  const others = Object.keys(kept ?? {}).filter((name) => !names.includes(name));
  return others.length === 0 ? 'ignored' : `escaped: ${others.join(', ')} of the payload were kept`;
}

const claims: readonly HostileCase[] = [
  {
    name: 'a word that a run has passed (only its number is kept)',
    expected: 'ignored',
    attack: () =>
      keepsOnly(
        ['type', 'repository', 'runId'],
        run({ conclusion: 'success', status: 'completed', head_sha: 'c'.repeat(40), path: 'evil.yml' }),
      ),
  },
  {
    name: 'fields that nobody asked for, among them __proto__',
    expected: 'ignored',
    attack: () => {
      const hostile = JSON.parse(
        `{"type":"run-finished","repository":${JSON.stringify(sampleRepository)},"runId":9,"__proto__":{"isAdmin":true},"isAdmin":true}`,
      );
      const signal = signalSchema.parse(hostile);
      return 'isAdmin' in signal || 'isAdmin' in {} ? 'escaped: somebody is admin' : 'ignored';
    },
  },
];

export const hostilePayloads: readonly HostileCase[] = [...letGoes, ...claims];
