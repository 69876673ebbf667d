import { refuseDownload } from '../../domain/download-address.ts';
import type { AppDelivery, AppWebhook } from '../../github/github-app.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import type { Check, Patient } from './patient.ts';

export const webhookCheck: Check = {
  name: 'webhook',
  run: async ({ app, settings }) => {
    const webhook = await app.webhook();
    return [...addressFindings(webhook, settings), ...secretFindings(webhook)];
  },
};

const place = "in the App's settings on GitHub, under Webhook";

function addressFindings({ url, isJson, isTlsVerified }: AppWebhook, settings: Patient['settings']): Finding[] {
  if (!URL.canParse(url)) {
    const found = url === '' ? 'no address is set' : `${JSON.stringify(url.slice(0, 200))} is no address`;
    return [fail('webhook', found, `Enter https://<your host>/api/github/webhooks ${place}, and tick Active.`)];
  }
  const address = new URL(url);
  const shown = `${address.origin}${address.pathname}`;
  const proxy = settings.server.webhookProxyUrl;
  const findings: Finding[] = [];
  const inner = refuseDownload(`https://${address.host}`, settings.github.apiUrl);
  if (address.hostname === 'smee.io' && proxy !== url)
    findings.push(fail('webhook', `${shown}, and the App does not listen there`, `Set WEBHOOK_PROXY_URL=${url}`));
  else if (inner !== null)
    findings.push(fail('webhook', `${shown}: GitHub cannot reach that`, `Enter a public address ${place}.`));
  else findings.push(ok('webhook', `GitHub sends to ${shown}`));
  if (!isJson) findings.push(fail('webhook', 'sends forms', `Choose the content type application/json ${place}.`));
  if (!isTlsVerified)
    findings.push(warn('webhook', 'certificates are not verified', `Switch SSL verification on ${place}.`));
  return findings;
}

/** GitHub shows a secret as stars: whether it is ours, only the answers to deliveries tell. */
const secretFindings = ({ hasSecret }: AppWebhook): Finding[] =>
  hasSecret ? [] : [fail('webhook', 'has no secret', `Enter the value of WEBHOOK_SECRET ${place}.`)];

export const deliveriesCheck: Check = {
  name: 'deliveries',
  run: async ({ app }) => judgeDeliveries(await app.deliveries()),
};

const maxNamed = 5;

function judgeDeliveries(newestFirst: readonly AppDelivery[]): Finding[] {
  // Of a delivery that was sent again, the last try counts.
  const last = [...new Map(newestFirst.toReversed().map((delivery) => [delivery.guid, delivery])).values()];
  const deliveries = last.toSorted((a, b) => b.at.localeCompare(a.at) || b.id - a.id);
  const [newest] = deliveries;
  if (newest === undefined) {
    const mend = `Nothing to mend if nothing has happened yet; else see that Active is ticked ${place}.`;
    return [warn('deliveries', 'GitHub has sent none lately', mend)];
  }
  const failed = deliveries.filter((delivery) => !isGood(delivery));
  if (failed.length === 0)
    return [ok('deliveries', `the last ${deliveries.length} were taken; so the secret is right`)];
  const named = failed.slice(0, maxNamed).map(describe).join('; ');
  const found = `${failed.length} of the last ${deliveries.length} were not taken: ${named}`;
  const mend = `${meaningOf(failed[0]?.status ?? 0)} Then send them again: App's settings, Advanced, Recent deliveries, Redeliver.`;
  return [isGood(newest) ? warn('deliveries', `${found}; the newest was`, mend) : fail('deliveries', found, mend)];
}

const isGood = ({ status }: AppDelivery): boolean => status >= 200 && status < 300;

const describe = ({ event, action, at, status, said }: AppDelivery): string =>
  `${action === null ? event : `${event}.${action}`} at ${at}: ${status === 0 ? '' : `${status} `}${said.slice(0, 80)}`;

function meaningOf(status: number): string {
  if (status === 0) return 'GitHub reached nobody: is the App up, and do firewall and proxy let GitHub through?';
  if (status === 400 || status === 401)
    return 'The signature was wrong: WEBHOOK_SECRET differs from the secret of the settings on GitHub.';
  if (status === 404 || status === 405) return 'The path is wrong: events are taken at / and /api/github/webhooks.';
  if (status === 413) return 'A proxy in front of the App takes no bodies of up to 25 MB: widen that.';
  return 'The App, or a proxy before it, was not well: look into its log at that time.';
}
