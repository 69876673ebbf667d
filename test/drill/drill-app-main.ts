/** The App as a process of its own, with short waits, and a resolver of names that can be taken away. */
import dns from 'node:dns';
import { takeSettings } from '../../src/config/environment.ts';
import { createRedactor } from '../../src/domain/redact.ts';
import { startApp, type Tuning } from '../../src/index.ts';
import { openLog } from '../../src/telemetry/log.ts';
import { testTuning } from '../support/house.ts';
import type { DrillOrder } from './drill-app.ts';
import { drillPace } from './drill-pace.ts';

let areNamesKnown = true;
const lookUp = dns.lookup;
/** The one name that is asked for here is `localhost`; addresses are none. */
const lookUpUnlessGone = (...asked: Parameters<typeof lookUp>): void => {
  const answered = asked.at(-1);
  if (areNamesKnown || typeof answered !== 'function') return void lookUp(...asked);
  const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${asked[0]}`), { code: 'ENOTFOUND' });
  process.nextTick(answered as (error: Error) => void, error);
};
dns.lookup = Object.assign(lookUpUnlessGone, lookUp);

const tuning: Tuning = {
  ...testTuning,
  pace: { ...testTuning.pace, outagePauseMs: () => drillPace.outagePauseMs },
  modelRequests: drillPace.requests,
  breakers: drillPace.breakers,
};

async function start(environment: Readonly<Record<string, string>>): Promise<void> {
  const settings = takeSettings(Object.assign(process.env, environment));
  const redactor = createRedactor(settings.secrets);
  const app = await startApp(settings, openLog(settings.logLevel, redactor), tuning, redactor);
  process.once('SIGTERM', () => void app.stop().then(() => process.exit(0)));
  process.send?.('ready');
}

process.on('message', (order: DrillOrder) => {
  if (order.type === 'names') areNamesKnown = order.areKnown;
  else
    start(order.environment).catch((error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      process.exit(1);
    });
});
process.once('disconnect', () => process.exit(1));
