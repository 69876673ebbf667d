import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { closedEnvironment } from './git.ts';

export interface GitObject {
  readonly sha: string;
  readonly type: string;
  readonly bytes: Buffer;
}

/** The object that a name stands for (`<sha>`, `<ref>^{commit}`, `<commit>:<path>`), or null. */
export const readObject = (folder: string, name: string): Promise<GitObject | null> => ask(folder, 'contents', name);

/** As `readObject`, without the bytes. */
export async function findObject(folder: string, name: string): Promise<Omit<GitObject, 'bytes'> | null> {
  return ask(folder, 'info', name);
}

/**
 * One `git cat-file` for each repository answers all of these, for as long as it is asked: starting a process costs a
 * test run more than all that it would do, and the more so the larger the process that starts it.
 */
const sessions = new Map<string, Session>();
const idleMs = 3_000;

interface Question {
  readonly hasContents: boolean;
  readonly answer: (found: GitObject | null) => void;
  readonly fail: (error: Error) => void;
}

interface Session {
  readonly child: ChildProcessWithoutNullStreams;
  /** Asked and not answered yet, oldest first. */
  readonly waiting: Question[];
  received: Buffer;
  idle?: NodeJS.Timeout;
}

function ask(folder: string, command: 'contents' | 'info', name: string): Promise<GitObject | null> {
  // A name of two lines would be two questions.
  if (name.includes('\n')) return Promise.resolve(null);
  const session = sessions.get(folder) ?? open(folder);
  clearTimeout(session.idle);
  return new Promise((answer, fail) => {
    session.waiting.push({ hasContents: command === 'contents', answer, fail });
    session.child.stdin.write(`${command} ${name}\n`);
  });
}

function open(folder: string): Session {
  const child = spawn('git', ['-C', folder, 'cat-file', '--batch-command'], { env: closedEnvironment });
  const session: Session = { child, waiting: [], received: Buffer.alloc(0) };
  sessions.set(folder, session);
  child.stdout.on('data', (chunk: Buffer) => {
    session.received = Buffer.concat([session.received, chunk]);
    while (answerNext(session));
    if (session.waiting.length === 0) session.idle = setTimeout(() => close(folder, session), idleMs).unref();
  });
  child.stdin.on('error', () => undefined);
  child.on('error', (error) => fail(folder, session, error));
  child.on('close', () => fail(folder, session, new Error(`git cat-file ended in ${folder}`)));
  return session;
}

function close(folder: string, session: Session): void {
  if (sessions.get(folder) === session) sessions.delete(folder);
  session.child.stdin.end();
}

function fail(folder: string, session: Session, error: Error): void {
  close(folder, session);
  for (const question of session.waiting.splice(0)) question.fail(error);
}

/** Whether a whole answer was there. */
function answerNext(session: Session): boolean {
  const [question] = session.waiting;
  const end = session.received.indexOf('\n');
  if (question === undefined || end < 0) return false;
  const line = session.received.toString('utf8', 0, end);
  const found = /^([0-9a-f]{40}) (\w+) (\d+)$/.exec(line);
  const size = found !== null && question.hasContents ? Number(found[3]) + 1 : 0;
  if (session.received.length < end + 1 + size) return false;
  const bytes = session.received.subarray(end + 1, end + Math.max(size, 1));
  session.received = session.received.subarray(end + 1 + size);
  session.waiting.shift();
  question.answer(found === null ? null : { sha: found[1] ?? '', type: found[2] ?? '', bytes });
  return true;
}
