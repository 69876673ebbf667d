import { pino } from 'pino';
import { ProbotOctokit } from 'probot';
import { readSettings } from '../../src/config/environment.ts';
import { startApp } from '../../src/index.ts';

/** The App in a process of its own, so that its memory can be told from the stand-in's. Only Octokit does not wait. */
const Octokit = ProbotOctokit.defaults({ throttle: { enabled: false } });
await startApp(readSettings(process.env), pino({ level: 'warn' }), { Octokit });
