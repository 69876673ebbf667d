import { spawnSync } from 'node:child_process';

/**
 * The sandbox of the stand-in's workflow runner is bubblewrap, and the tests do not skip what needs it: as root on
 * Debian it is installed, elsewhere the one command to type is printed.
 */
const command = 'apt-get install -y bubblewrap';

const isThere = (): boolean => spawnSync('bwrap', ['--version'], { stdio: 'ignore' }).status === 0;

function install(): void {
  if (process.getuid?.() !== 0) return;
  process.stdout.write(`bubblewrap is missing: ${command}\n`);
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const line of ['apt-get update', command]) {
    const [program = '', ...args] = line.split(' ');
    spawnSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'], env: environment });
  }
}

if (!isThere()) install();
if (!isThere()) {
  process.stderr.write(
    `The tests run workflows in bubblewrap, which is missing here. Install it, then try again:\n\n  sudo ${command}\n\n`,
  );
  process.exit(1);
}
