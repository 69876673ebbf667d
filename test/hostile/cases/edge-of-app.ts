import type { Probot } from 'probot';
import { listen } from '../../../src/app/app.ts';
import { createAccept } from '../../../src/app/edge.ts';
import { fullName } from '../../../src/domain/ids.ts';
import type { Signal } from '../../../src/domain/signal.ts';
import { portsForTest } from '../../support/ports-for-test.ts';
import { sampleIssue, sampleRepository } from '../../support/sample-fix.ts';
import type { HostileCase } from '../hostile-case.ts';

type Fields = Readonly<Record<string, unknown>>;
export type Came = Awaited<ReturnType<HostileCase['attack']>>;

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** What the App's edge keeps of one delivery that was signed rightly: a signal, or null when it is let go. */
export async function keptOf(event: string, payload: Fields): Promise<Signal | null> {
  const kept: Signal[] = [];
  const handlers = new Map<string, (delivery: { id: string; payload: Fields }) => unknown>();
  const probot = { on: (name: string, handler: (delivery: object) => unknown) => void handlers.set(name, handler) };
  const deliveries = {
    accept: async (_id: string, signal: Signal) => {
      kept.push(signal);
      return 'known' as const;
    },
  };
  const accept = createAccept(
    portsForTest({ deliveries, log: silent }),
    (login) => login === 'ai-fix[bot]',
    async () => undefined,
  );
  listen(probot as unknown as Probot, accept);
  if (handlers.size === 0) throw new Error('the App listens to nothing');
  await handlers.get(`${event}.${String(payload.action)}`)?.({ id: 'd-1', payload });
  return kept[0] ?? null;
}

const about = {
  installation: { id: sampleRepository.installationId },
  repository: {
    name: sampleRepository.name,
    full_name: fullName(sampleRepository),
    owner: { login: sampleRepository.owner },
  },
  sender: { login: 'alice', id: 1, type: 'User' },
};
const issue = {
  number: sampleIssue.number,
  title: sampleIssue.title,
  body: sampleIssue.body,
  user: { login: 'alice' },
  html_url: sampleIssue.url,
  updated_at: '2026-11-21T10:00:00Z',
};

/** As GitHub sends it when alice labels an issue, with other fields where the attack says so. */
export const labelledPayload = (change: Fields = {}, ofIssue: Fields = {}): Fields => ({
  ...about,
  action: 'labeled',
  label: { name: 'ai-fix' },
  issue: { ...issue, ...ofIssue },
  ...change,
});

/** As GitHub sends it when alice comments. */
export const commentPayload = (body: string, change: Fields = {}, ofComment: Fields = {}): Fields => ({
  ...about,
  action: 'created',
  issue,
  comment: { id: 501, body, user: { login: 'alice' }, performed_via_github_app: null, ...ofComment },
  ...change,
});

/** Nothing of it may be kept: what is not kept is worked on by nobody. */
export async function letGo(event: string, payload: Fields): Promise<Came> {
  const kept = await keptOf(event, payload);
  return kept === null ? 'silence' : `escaped: it was kept as ${JSON.stringify(kept).slice(0, 300)}`;
}
