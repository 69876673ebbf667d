import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { SyntaxQuestion, ThreadReply } from './syntax-thread.ts';

/** How long an answer is waited for. The thread gives up by itself before; this is for what it cannot interrupt. */
const maxAnswerMs = 10_000;

export interface Thread {
  /** One question at a time. `lost`: the thread died of the text, or hangs; it is of no use any more. */
  ask(question: SyntaxQuestion): Promise<Reply>;
  end(): Promise<void>;
}

type Reply = ThreadReply | { readonly kind: 'lost' };

/** @throws when the thread cannot begin: that is the installation's fault and no text's. */
export async function openThread(): Promise<Thread> {
  const worker = new Worker(new URL('./syntax-thread.ts', import.meta.url), { env: {}, execArgv: [] });
  await once(worker, 'message');
  worker.unref();
  let isDead = false;
  const died = () => {
    isDead = true;
  };
  worker.once('exit', died).once('error', died);
  return {
    async ask(question) {
      if (isDead) return { kind: 'lost' };
      worker.ref();
      const { promise, resolve } = Promise.withResolvers<Reply>();
      const timer = setTimeout(() => resolve({ kind: 'lost' }), maxAnswerMs);
      const lose = () => resolve({ kind: 'lost' });
      worker.once('exit', lose).once('error', lose);
      worker.once('message', (reply: ThreadReply) => resolve(reply));
      worker.postMessage(question);
      try {
        return await promise;
      } finally {
        clearTimeout(timer);
        worker.off('exit', lose).off('error', lose);
        worker.unref();
      }
    },
    async end() {
      await worker.terminate();
    },
  };
}
