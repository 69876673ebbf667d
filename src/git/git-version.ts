import { GitFailure, gitIn } from './git-command.ts';

/** The version of this host's git, for instance `2.39.5`; null where there is none that runs. */
export async function gitVersion(): Promise<string | null> {
  try {
    const { installed, major, minor, patch } = await gitIn('/nonexistent').version();
    return installed ? `${major}.${minor}.${patch}` : null;
  } catch (error) {
    if (error instanceof GitFailure) return null;
    throw error;
  }
}
