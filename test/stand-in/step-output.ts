/** What a step says: in its output, and in the files that the runner gives it. */
import type { Annotation, RunJob } from './run-records.ts';

const command = /^::(error|warning|notice|add-mask|group|endgroup|debug)(?: ([^:]*(?:::?[^:]+)*?))?::(.*)$/;

/** Workflow commands in a step's output. */
export function logLine(job: RunJob, line: string): void {
  const [, kind, properties = '', message = ''] = command.exec(line) ?? [];
  if (kind === 'add-mask') job.log.mask(message);
  if (kind === undefined || kind === 'add-mask') {
    job.log.add(kind === undefined ? line : '::add-mask::***');
    return;
  }
  job.log.add(`##[${kind}]${message}`);
  if (kind !== 'error' && kind !== 'warning' && kind !== 'notice') return;
  const fields = Object.fromEntries(properties.split(',').map((pair) => pair.split('=')));
  const level: Annotation['level'] = kind === 'error' ? 'failure' : kind;
  job.annotations.push({ level, path: fields.file ?? '.github', line: Number(fields.line) || 1, message });
}

/** `name=value` and `name<<END … END`. */
export function readPairs(text: string): Record<string, string> {
  const pairs: Record<string, string> = {};
  const lines = text.split('\n');
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const block = /^([^=<]+)<<(.+)$/.exec(line);
    if (block === null) {
      const equals = line.indexOf('=');
      if (equals > 0) pairs[line.slice(0, equals)] = line.slice(equals + 1);
      continue;
    }
    const end = lines.indexOf(block[2] ?? '', index + 1);
    if (end < 0) throw new Error(`no end of the value of ${block[1]}`);
    pairs[block[1] ?? ''] = lines.slice(index + 1, end).join('\n');
    index = end;
  }
  return pairs;
}
