import { spawnSync } from 'node:child_process';
import { findPostgres } from './postgres-server.ts';

/**
 * Programs beyond Node and git that the tests run, and no test skips for want of one: as root on Debian they are
 * installed, elsewhere the one command to type is printed.
 */
const answers = (program: string) => (): boolean => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;

const needed = [
  // The sandbox of the stand-in's workflow runner.
  { isThere: answers('bwrap'), package: 'bubblewrap' },
  // One of the sample repositories is in Python, as are some tasks of `ai-fix eval`; others are in Java.
  { isThere: answers('python3'), package: 'python3' },
  { isThere: answers('javac'), package: 'default-jdk-headless' },
  // The database of most end-to-end tests; Debian keeps its programs off the path.
  { isThere: () => findPostgres() !== null, package: 'postgresql' },
] as const;

const missing = (): string[] => needed.filter(({ isThere }) => !isThere()).map((entry) => entry.package);

function install(packages: readonly string[]): void {
  if (process.getuid?.() !== 0) return;
  process.stdout.write(`The tests need ${packages.join(' and ')}: installing from Debian.\n`);
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '-y', ...packages]]) {
    spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'], env: environment });
  }
}

if (missing().length > 0) install(missing());
const left = missing();
if (left.length > 0) {
  process.stderr.write(
    `The tests need programs that are missing here. Install them, then try again:\n\n  sudo apt-get install -y ${left.join(' ')}\n\n`,
  );
  process.exit(1);
}
