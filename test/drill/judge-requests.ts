import { type Books, placeOf } from './books.ts';
import type { Ask } from './fault-proxy.ts';
import { lanes } from './lanes.ts';

/** What the App should have asked otherwise: for a stream, and with what a model thought in the turns before. */
export function requestProblems(asks: readonly Ask[], books: Books): string[] {
  const problems: string[] = [];
  const plain = asks.filter(({ isStreamed }) => !isStreamed).length;
  if (plain > 0) problems.push(`${plain} calls asked for no stream`);

  const thoughtful = lanes.find(({ wire }) => wire.name === 'responses');
  const answeredBy = new Map(books.replies.map((reply) => [placeOf(books, reply), reply.modelId]));
  for (const { provider, conversation, turn, thoughtTurns } of asks) {
    if (provider !== thoughtful?.provider) continue;
    const [fix = '', role = ''] = conversation.split(' ');
    for (let before = 0; before < turn; before++) {
      const isOwn = answeredBy.get(`${fix} ${role}, turn ${before}`) === thoughtful.model;
      if (isOwn && !thoughtTurns.includes(before))
        problems.push(`${conversation}, turn ${turn}: turn ${before} went back without what was thought for it`);
    }
  }
  return problems;
}
