/** Hosts, with the port where it is not 443. */
export type KnownHosts = ReadonlySet<string>;

/**
 * Whether a link may lead there: to a place in the same text, or by HTTPS to a known host. Not to issues, pull
 * requests and discussions: GitHub would write "mentioned this" below them.
 */
export function isKnownTarget(url: string, knownHosts: KnownHosts): boolean {
  if (url.startsWith('#')) return true;
  const target = URL.parse(url);
  return target !== null && hasPlainHost.test(url) && isOfKnownHost(target, knownHosts) && !isOfThread(target);
}

/** No sign in or after the host that programs understand differently, and no name before it. */
const hasPlainHost = /^https:\/\/[a-z\d.-]+(?::\d+)?(?:[/?#]|$)/i;

const isOfKnownHost = ({ protocol, host }: URL, knownHosts: KnownHosts): boolean =>
  protocol === 'https:' && knownHosts.has(host);

const isOfThread = ({ pathname }: URL): boolean =>
  /\/(?:issues|pulls?|discussions)\/\d/i.test(
    pathname.replaceAll(/%([0-7][\da-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
  );

/** What is shown of a target that no link leads to: its host, the whole address of a known host, or its scheme. */
export function targetName(url: string, knownHosts: KnownHosts): string {
  const target = URL.parse(url);
  if (target === null) return /^[a-z][a-z\d+.-]*:(?:\/\/([\w.-]{0,100}))?/i.exec(url)?.[1] ?? '';
  if (isOfKnownHost(target, knownHosts)) return plain(target.href.replace('https://', ''), 200);
  return plain(target.host === '' ? target.protocol : target.host, 100);
}

/** The same address, so that it may stand between angle brackets. */
export const bracketed = (url: string): string =>
  `<${(URL.parse(url)?.href ?? url)
    .replaceAll(/[\\<>]/g, encodeURIComponent)
    .replaceAll('&', '&amp;')
    .replaceAll(/\s/g, '%20')}>`;

/** Nothing that could end a code span or a table cell. */
export const plain = (text: string, maxLength: number): string =>
  text.replaceAll(/[^\w.:/?#[\]=&%~+-]/g, '').slice(0, maxLength);
