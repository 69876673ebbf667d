/**
 * The second origin, from which logs and artifacts come. Like GitHub's blob store it takes a signature in the URL and
 * refuses an Authorization header: a client that carries it over a redirect leaks its token.
 */
import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { strToU8, zipSync } from 'fflate';
import type { OriginRequest } from './other-origin.ts';
import type { Artifact, RunJob, WorkflowRun } from './run-records.ts';
import type { ForgedLog } from './tampering.ts';

export interface Downloads {
  /** Where every download is sent instead; null for the store. */
  redirect: string | null;
  jobLog(run: WorkflowRun, job: RunJob, forged: ForgedLog | null): string;
  runLogs(run: WorkflowRun): string;
  artifact(artifact: Artifact): string;
  /** Answers at the store's origin. */
  answer(request: OriginRequest, response: ServerResponse): Promise<void>;
}

type Content = (response: ServerResponse) => Promise<void> | void;

export function createDownloads(origin: () => string): Downloads {
  const offered = new Map<string, Content>();
  const offer = (content: Content): string => {
    const signature = randomBytes(16).toString('hex');
    offered.set(signature, content);
    return downloads.redirect ?? `${origin()}/download?sig=${signature}`;
  };
  const downloads: Downloads = {
    redirect: null,
    jobLog: (run, job, forged) => {
      const bytes = run.repository.switches.hugeJobLogBytes;
      const log = forged ?? (bytes === null ? job.log.text() : { bytes });
      const isText = typeof log === 'string' || log instanceof Uint8Array;
      return offer((response) => (isText ? sendText(response, log) : sendHuge(response, log.bytes)));
    },
    runLogs: (run) => offer((response) => sendZip(response, zipLogs(run))),
    artifact: (artifact) => offer((response) => sendZip(response, artifact.zip)),
    async answer(request, response) {
      if (request.hasAuthorization) {
        response.writeHead(400).end('this store takes no Authorization header');
        return;
      }
      const url = new URL(request.path, 'http://stand-in');
      const content = offered.get(url.searchParams.get('sig') ?? '');
      if (content === undefined) response.writeHead(403).end('the signature is not valid');
      else await content(response);
    },
  };
  return downloads;
}

function sendText(response: ServerResponse, text: string | Uint8Array): void {
  response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
}

function sendZip(response: ServerResponse, zip: Uint8Array): void {
  response.writeHead(200, { 'content-type': 'application/zip', 'content-length': zip.length }).end(zip);
}

function zipLogs(run: WorkflowRun): Uint8Array {
  const files = run.jobs.map((job, index) => [`${index}_${job.name.replace(/[\\/:*?"<>|]/g, '')}.txt`, job.log.text()]);
  return zipSync(Object.fromEntries(files.map(([name, text]) => [name, strToU8(text ?? '')])));
}

/** Lines until so many bytes are out; only one piece is ever held. The last line says that it is the last. */
async function sendHuge(response: ServerResponse, bytes: number): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
  await pipeline(Readable.from(hugeLog(bytes)), response);
}

function* hugeLog(bytes: number): Generator<Buffer> {
  const line = `${new Date().toISOString()} this line is repeated until the log is huge\n`;
  const piece = Buffer.from(line.repeat(Math.ceil(65_536 / line.length)));
  const last = Buffer.from(`${new Date().toISOString()} the last line\n`);
  for (let left = bytes - last.length; left > 0; left -= piece.length) yield piece.subarray(0, left);
  yield last;
}
