import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ProcessScan {
  /** Processes other than this one whose arguments or environment hold the text. */
  readonly holders: string[];
  /** Command lines of all processes seen, for the proof that the scan saw the ones in question. */
  readonly seen: string[];
}

/** Looks through `/proc` for a secret that any local user with our uid could read there. */
export function scanProcesses(secret: string): ProcessScan {
  const scan: ProcessScan = { holders: [], seen: [] };
  for (const id of readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)) {
    const commandLine = readOrEmpty(`/proc/${id}/cmdline`);
    scan.seen.push(commandLine.replaceAll('\0', ' '));
    if (holds(commandLine, secret) || holds(readOrEmpty(`/proc/${id}/environ`), secret)) scan.holders.push(commandLine);
  }
  return scan;
}

/** Files below a folder that hold the secret, plainly or as Basic credentials. */
export function filesWith(secret: string, folder: string): { holders: string[]; fileCount: number } {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return { holders: files.filter((file) => holds(readOrEmpty(file), secret)), fileCount: files.length };
}

const holds = (text: string, secret: string): boolean =>
  text.includes(secret) || text.includes(Buffer.from(`x-access-token:${secret}`).toString('base64'));

/** Processes and temporary files come and go while we look. */
function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
