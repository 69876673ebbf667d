/**
 * Where a log or an artifact may be fetched from.
 *
 * GitHub's API answers such a request with an address at another origin, which our host then connects to. It must not
 * become a way into the network around us: an address lies at most as far in as the API itself, and what is nobody's
 * server (link-local with its metadata services, multicast, reserved) is never asked.
 */
export type Depth = 'public' | 'private' | 'loopback' | 'reserved';

const depths: readonly Depth[] = ['public', 'private', 'loopback', 'reserved'];
const isDeeper = (one: Depth, other: Depth): boolean => depths.indexOf(one) > depths.indexOf(other);
const deepest = (all: readonly Depth[]): Depth => all.reduce((sum, one) => (isDeeper(one, sum) ? one : sum), 'public');

/**
 * Why an address is not followed, or null. The reason never quotes the address: a signed one is a credential.
 *
 * @param apiUrl REST base, for instance `https://api.github.com`. Plain HTTP only where that is plain HTTP too.
 * @param addressesOf What a host's name resolves to, as far as is known; a name alone may hide an inner address.
 */
export function refuseDownload(
  address: string,
  apiUrl: string,
  addressesOf: (host: string) => readonly string[] = () => [],
): string | null {
  if (!URL.canParse(address)) return 'its address is not a URL';
  const url = new URL(address);
  const api = new URL(apiUrl);
  const isSecure = url.protocol === 'https:' || (url.protocol === 'http:' && api.protocol === 'http:');
  if (!isSecure) return 'its address is not https';
  if (url.username !== '' || url.password !== '') return 'its address carries a user name';
  const depth = depthOf(url.hostname, addressesOf);
  if (depth === 'reserved') return 'its address is not one of a server';
  if (isDeeper(depth, depthOf(api.hostname, addressesOf))) return `its address is ${depth} and GitHub's API is not`;
  return null;
}

/** How far in a host lies, by its name or number and by what the name resolves to, as far as is known. */
export const depthOf = (host: string, addressesOf: (host: string) => readonly string[] = () => []): Depth =>
  deepest([host, ...addressesOf(host)].map(depthOfOne));

function depthOfOne(host: string): Depth {
  const groups = ipv6Groups(host);
  if (groups !== null) return depthOfIpv6(groups);
  const bytes = ipv4Bytes(host);
  return bytes === null ? depthOfName(host) : depthOfIpv4(bytes);
}

/** Special-use names (RFC 6761, 6762, 8375, ICANN's `internal`), and names that only a local resolver knows. */
function depthOfName(host: string): Depth {
  const name = host.toLowerCase().replace(/\.$/, '');
  if (name === 'localhost' || name.endsWith('.localhost')) return 'loopback';
  const isLocal = !name.includes('.') || /\.(?:local|internal|intranet|lan|corp|home|home\.arpa)$/.test(name);
  return isLocal ? 'private' : 'public';
}

/** https://www.iana.org/assignments/iana-ipv4-special-registry; shared and benchmark ranges carry VPNs and proxies. */
function depthOfIpv4([a = 0, b = 0, c = 0]: readonly number[]): Depth {
  if (a === 127) return 'loopback';
  if (a === 0 || a >= 224 || (a === 169 && b === 254) || (a === 192 && b === 0 && c === 0)) return 'reserved';
  const isPrivate =
    a === 10 ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168) ||
    (a === 100 && b >= 64 && b < 128) ||
    (a === 198 && (b === 18 || b === 19));
  return isPrivate ? 'private' : 'public';
}

/** https://www.iana.org/assignments/iana-ipv6-special-registry; an address that wraps an IPv4 one is as deep as that. */
function depthOfIpv6(groups: readonly number[]): Depth {
  const [first = 0, second = 0, third = 0] = groups;
  const isZero = (from: number, to: number) => groups.slice(from, to).every((group) => group === 0);
  if (isZero(0, 7) && groups[7] === 1) return 'loopback';
  if (isZero(0, 8)) return 'reserved';
  const isMapped = isZero(0, 5) && (groups[5] === 0xffff || groups[5] === 0);
  const isTranslated = first === 0x64 && second === 0xff9b && isZero(2, 6);
  if (isMapped || isTranslated) return depthOfIpv4(bytesOf(groups.slice(6)));
  if (first === 0x2002) return depthOfIpv4(bytesOf([second, third]));
  if ((first & 0xfe00) === 0xfc00) return 'private';
  const isTeredo = first === 0x2001 && second === 0;
  return (first & 0xe000) === 0x2000 && !isTeredo ? 'public' : 'reserved';
}

const bytesOf = (groups: readonly number[]): number[] => groups.flatMap((group) => [group >> 8, group & 0xff]);

/** `URL` has made every way to write an IPv4 address (hexadecimal, one number, fewer parts) into the usual one. */
function ipv4Bytes(host: string): number[] | null {
  return /^\d{1,3}(?:\.\d{1,3}){3}$/.test(host) ? host.split('.').map(Number) : null;
}

/** The eight groups of an address in brackets or bare; null for anything else. */
function ipv6Groups(host: string): number[] | null {
  if (!host.includes(':')) return null;
  const literal = `http://[${host.replace(/^\[|\]$/g, '').replace(/%.*$/, '')}]`;
  if (!URL.canParse(literal)) return null;
  const [head = '', tail] = new URL(literal).hostname.slice(1, -1).split('::');
  const before = groupsOf(head);
  const after = groupsOf(tail ?? '');
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
}

const groupsOf = (text: string): number[] =>
  text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
