import { redact } from '../../domain/redact.ts';
import type { BaseCheck, LocalSandbox } from '../../local/local-sandbox.ts';
import { UsageError } from '../command.ts';
import type { FoundChecks } from './found-checks.ts';
import type { TryDesk, TryOptions } from './options.ts';

/** Checks that cannot run at all would only cost money; how the others end is told, and stays what it is. */
export async function lookAtBase(
  sandbox: LocalSandbox,
  { checks }: FoundChecks,
  { signal, secrets }: Pick<TryOptions, 'signal' | 'secrets'>,
  desk: TryDesk,
): Promise<readonly BaseCheck[]> {
  for (const { name, command, from } of checks) desk.progress(`check ${name}: ${command} (${from})`);
  const ends = await sandbox.lookAtBase(signal);
  for (const { name, conclusion, failedStep, log, tookMs } of ends) {
    if (conclusion === 'cancelled') continue;
    const seconds = (tookMs / 1_000).toFixed(1);
    if (conclusion === 'success') desk.progress(`without a patch ${name} passes (${seconds} s)`);
    else desk.progress(`without a patch ${name} ends as ${conclusion} (${seconds} s)`);
    const said = redact(log.tail(4_000), secrets);
    const isMissing = /##\[error\]Process completed with exit code 12[67]\.\s*$/.test(said);
    if (failedStep !== 'set-up' && !isMissing) continue;
    const told = said
      .replaceAll(/^##\[\w+\].*\n?/gm, '')
      .trim()
      .split('\n')
      .slice(-8)
      .join('\n');
    if (failedStep === 'set-up')
      throw new UsageError(
        `the set-up failed, so no check can run:\n${told}\nTry the command by hand, and mend --setup`,
      );
    throw new UsageError(
      `the check ${name} cannot be run in the sandbox:\n${told}\nThe sandbox sees /usr, this node and the folders named with --tool; dependencies come from the work tree, or from --setup "npm ci"`,
    );
  }
  return ends;
}
