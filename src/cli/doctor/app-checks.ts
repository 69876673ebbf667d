import type { AppManifest } from '../../config/app-manifest.ts';
import type { AppInstallation, AppRegistration, Grants } from '../../github/github-app.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import type { Check } from './patient.ts';

/** The App signs tokens with its own time; of one that is a bit off its client asks again, by GitHub's clock. */
const goodSkewMs = 20_000;
const worstSkewMs = 5 * 60_000;

/** Everything else that asks GitHub waits for this one. */
export const credentialsCheck: Check = {
  name: 'credentials',
  run: async ({ app, settings }) => {
    const registration = await app.registration();
    const known = ok('credentials', `GitHub knows App ${settings.app.id} as ${registration.slug}`);
    return [known, ...skewFindings(registration)];
  },
};

function skewFindings({ skewMs }: AppRegistration): Finding[] {
  if (skewMs === null) return [];
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  const found = `${seconds} s ${skewMs > 0 ? 'behind' : 'ahead of'} GitHub's`;
  const mend = 'Keep the time of this machine with NTP.';
  if (Math.abs(skewMs) > worstSkewMs) return [fail('clock', found, mend)];
  return [Math.abs(skewMs) > goodSkewMs ? warn('clock', found, mend) : ok('clock', found)];
}

export const registrationCheck: Check = {
  name: 'registration',
  run: async ({ app, manifest }) => {
    const registration = await app.registration();
    const place = `${registration.webUrl.replace(/\/apps\//, '/settings/apps/')}/permissions`;
    const mend = `The App's owner sets it at ${place} (an organization's App: in its own developer settings), and each installation's owner then accepts it.`;
    const missing = lackOf(registration, manifest);
    const surplus = surplusOf(registration.permissions, manifest.permissions);
    return [
      missing.length === 0
        ? ok('registration', 'asks for all permissions and events of app.yml')
        : fail('registration', `does not ask for ${missing.join(', ')}`, mend),
      ...(surplus.length === 0
        ? []
        : [warn('registration', `asks for more than app.yml: ${surplus.join(', ')}`, `Take it away at ${place}.`)]),
    ];
  },
};

const maxNamed = 20;

export const installationsCheck: Check = {
  name: 'installations',
  run: async ({ app, manifest }) => {
    const [installations, { webUrl }] = await Promise.all([app.installations(), app.registration()]);
    if (installations.length === 0)
      return [warn('installations', 'the App is installed nowhere', `Install it: ${webUrl}/installations/new`)];
    const faulty = installations.flatMap((installation) => faultOf(installation, manifest));
    const good = installations.length - faulty.length;
    const sum = good === 0 ? [] : [ok('installations', `${good} grant everything: ${namesOf(installations, faulty)}`)];
    return [...sum, ...faulty.map(({ finding }) => finding).slice(0, maxNamed)];
  },
};

interface Fault {
  readonly installation: AppInstallation;
  readonly finding: Finding;
}

function faultOf(installation: AppInstallation, manifest: AppManifest): Fault[] {
  const { account, webUrl, isSuspended } = installation;
  const missing = lackOf(installation, manifest);
  if (isSuspended) {
    const finding = warn('installations', `${account} has suspended the App`, `Its owner lifts that at ${webUrl}`);
    return [{ installation, finding }];
  }
  if (missing.length === 0) return [];
  const mend = `Whoever administers ${account} accepts it at ${webUrl}`;
  return [{ installation, finding: fail('installations', `${account} does not grant ${missing.join(', ')}`, mend) }];
}

function namesOf(all: readonly AppInstallation[], faulty: readonly Fault[]): string {
  const names = all.filter((one) => !faulty.some(({ installation }) => installation === one)).map((one) => one.account);
  return names.length > maxNamed ? `${names.slice(0, maxNamed).join(', ')} and more` : names.join(', ');
}

/** `contents: write`, `event issues`: what app.yml names and these do not hold. */
function lackOf(granted: { permissions: Grants; events: readonly string[] }, wanted: AppManifest): string[] {
  const permissions = Object.entries(wanted.permissions).filter(
    ([name, level]) => !covers(granted.permissions[name], level),
  );
  const events = wanted.events.filter((event) => !granted.events.includes(event));
  return [...permissions.map(([name, level]) => `${name}: ${level}`), ...events.map((event) => `the event ${event}`)];
}

const covers = (granted: string | undefined, level: string): boolean =>
  granted === level || granted === 'write' || granted === 'admin';

/** Some repositories name teams; for those `members: read` is asked for on purpose (docs/configuration.md). */
const chosen = new Set(['members', 'metadata']);

const surplusOf = (granted: Grants, wanted: Grants): string[] =>
  Object.entries(granted)
    .filter(([name, level]) => !chosen.has(name) && !covers(wanted[name], level))
    .map(([name, level]) => `${name}: ${level}`);
