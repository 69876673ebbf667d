/** The App as a process of its own, told what to do by the test that forked it; see `app-process.ts`. */
import { writeSync } from 'node:fs';
import { takeSettings } from '../../src/config/environment.ts';
import { createRedactor } from '../../src/domain/redact.ts';
import { startApp } from '../../src/index.ts';
import { openLog } from '../../src/telemetry/log.ts';
import { type AppOrder, type AppReport, isAt, killedPrefix, type Moment } from './app-process.ts';
import { testTuning } from './house.ts';

const report = (message: AppReport): void => void process.send?.(message);

async function main({
  environment,
  engine,
  modelRequests,
  aheadMs = 0,
  killAt = [],
  spared = [],
}: AppOrder): Promise<void> {
  const onStep = (at: Moment['at'], name: string, work: string): void => {
    const moment = { at, name, work, atMs: Date.now() };
    const isSpared = spared.some((past) => past.at === at && past.name === name && past.work === work);
    if (!isSpared && killAt.some((point) => isAt(point, moment))) {
      writeSync(1, `${killedPrefix}${JSON.stringify(moment)}\n`);
      // Nothing runs after this line: the process is gone when the system call returns.
      process.kill(process.pid, 'SIGKILL');
    }
    report({ type: 'moment', moment });
  };
  // As `ai-fix start` does it, so that what a child process would inherit is the same.
  const settings = takeSettings(Object.assign(process.env, environment));
  const redactor = createRedactor(settings.secrets);
  const tuning = {
    ...testTuning,
    engine: { ...testTuning.engine, ...engine, onStep },
    modelRequests: { ...testTuning.modelRequests, ...modelRequests },
    now: () => Date.now() + aheadMs,
  };
  const app = await startApp(settings, openLog(settings.logLevel, redactor), tuning, redactor);
  process.once('SIGTERM', () => void app.stop().then(() => process.exit(0)));
  report({ type: 'ready' });
}

process.once('message', (order) => {
  main(order as AppOrder).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  });
});
// Nobody is left to close what this process holds once the test is gone.
process.once('disconnect', () => process.exit(1));
