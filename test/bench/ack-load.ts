import { createHmac, randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { labeledPayload, type PayloadOrder } from './ack-payload.ts';
import { seededRandom } from './statistics.ts';

/**
 * The load, in a process of its own so that neither server's work delays its clock.
 *
 * Open loop: arrivals are drawn beforehand (Poisson), nobody waits for an answer before the next goes out, and the
 * time counts from when a delivery was due. A slow server therefore cannot slow down its own load.
 */
export interface SliceOrder {
  readonly url: string;
  readonly secret: string;
  readonly perMinute: number;
  readonly lengthMs: number;
  readonly seed: number;
  /** Share of the deliveries that bring the id and the body of an earlier one again. */
  readonly redeliveries: number;
  readonly payload: PayloadOrder;
  /** The first delivery's issue; each new one takes the next. */
  readonly firstIssue: number;
}

export interface SliceResult {
  readonly latenciesMs: readonly number[];
  /** Answers that were not 200, connections that broke. */
  readonly failures: number;
  readonly issuesUsed: number;
}

interface Delivery {
  readonly dueMs: number;
  readonly id: string;
  readonly body: string;
  readonly signature: string;
}

const answerTimeoutMs = 10_000;

process.on('message', (order: SliceOrder) => {
  // A slice that fails ends the process, which the bench is told.
  void runSlice(order).then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit(0));

async function runSlice(order: SliceOrder): Promise<SliceResult> {
  const deliveries = plan(order);
  // One a slice: between slices a server closes connections that lie idle, and the next request would meet that.
  const agent = new Agent({ keepAlive: true });
  const startMs = performance.now() + 50;
  const results = await Promise.all(
    deliveries.map(async (delivery) => {
      const dueMs = startMs + delivery.dueMs;
      await new Promise((resolve) => setTimeout(resolve, dueMs - performance.now()));
      const isAcknowledged = await post(order.url, delivery, agent);
      return isAcknowledged ? performance.now() - dueMs : null;
    }),
  );
  agent.destroy();
  const latenciesMs = results.filter((latency) => latency !== null);
  const issuesUsed = new Set(deliveries.map(({ id }) => id)).size;
  return { latenciesMs, failures: results.length - latenciesMs.length, issuesUsed };
}

function plan(order: SliceOrder): Delivery[] {
  const random = seededRandom(order.seed);
  const deliveries: Delivery[] = [];
  let issue = order.firstIssue;
  const gapMs = () => (-Math.log(1 - random()) * 60_000) / order.perMinute;
  for (let dueMs = gapMs(); dueMs < order.lengthMs; dueMs += gapMs()) {
    const again = random() < order.redeliveries ? deliveries[Math.floor(random() * deliveries.length)] : undefined;
    if (again !== undefined) {
      deliveries.push({ ...again, dueMs });
      continue;
    }
    const body = labeledPayload(order.payload, issue++);
    const signature = `sha256=${createHmac('sha256', order.secret).update(body).digest('hex')}`;
    deliveries.push({ dueMs, id: randomUUID(), body, signature });
  }
  return deliveries;
}

function post(url: string, { id, body, signature }: Delivery, agent: Agent): Promise<boolean> {
  return new Promise((resolve) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'user-agent': 'GitHub-Hookshot/bench',
      'x-github-event': 'issues',
      'x-github-delivery': id,
      'x-hub-signature-256': signature,
    };
    const sent = request(url, { method: 'POST', agent, headers, timeout: answerTimeoutMs }, (answer) => {
      answer.resume().once('end', () => resolve(answer.statusCode === 200));
    });
    sent.once('timeout', () => sent.destroy());
    sent.once('error', () => resolve(false));
    sent.end(body);
  });
}
