import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** A certificate and what signs with it. */
export interface Certificate {
  readonly pem: string;
  readonly key: string;
}

interface Issuer {
  readonly name: string;
  readonly key: KeyObject;
}

export interface Wanted {
  /** Whom it is for: a host's name or an address of version 4. */
  readonly host: string;
  readonly days?: { readonly from: number; readonly until: number };
  /** Who signs it; left out: itself. */
  readonly by?: Authority;
}

export interface Authority {
  readonly pem: string;
  readonly issuer: Issuer;
}

const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** Somebody who signs certificates, and whom nobody trusts unless they are told to. */
export function createAuthority(name: string): Authority {
  const { publicKey, privateKey } = pair();
  const issuer = { name, key: privateKey };
  const isAuthority = extension('551d13', sequence(der(0x01, Buffer.from([0xff]))));
  return { issuer, pem: certificate({ subject: name, publicKey, issuer, extensions: [isAuthority] }) };
}

export function createCertificate({ host, days, by }: Wanted): Certificate {
  const { publicKey, privateKey } = pair();
  const issuer = by?.issuer ?? { name: host, key: privateKey };
  const isAddress = /^[\d.]+$/.test(host);
  const name = isAddress ? der(0x87, Buffer.from(host.split('.').map(Number))) : der(0x82, Buffer.from(host));
  const extensions = [extension('551d11', sequence(name))];
  return {
    pem: certificate({ subject: host, publicKey, issuer, extensions, ...(days && { days }) }),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

interface Parts {
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly issuer: Issuer;
  readonly extensions: readonly Buffer[];
  readonly days?: { readonly from: number; readonly until: number };
}

const dayMs = 86_400_000;

/** The least that RFC 5280 asks of a certificate of version 3. */
function certificate({ subject, publicKey, issuer, extensions, days = { from: -1, until: 30 } }: Parts): string {
  const ecdsaWithSha256 = sequence(der(0x06, Buffer.from('2a8648ce3d040302', 'hex')));
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    named(issuer.name),
    sequence(time(days.from), time(days.until)),
    named(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = sign('sha256', body, issuer.key);
  const whole = sequence(body, ecdsaWithSha256, der(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

const named = (name: string): Buffer =>
  sequence(der(0x31, sequence(der(0x06, Buffer.from('550403', 'hex')), der(0x0c, Buffer.from(name)))));

const extension = (id: string, value: Buffer): Buffer => sequence(der(0x06, Buffer.from(id, 'hex')), der(0x04, value));

function time(day: number): Buffer {
  const at = new Date(Date.now() + day * dayMs).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return der(0x17, Buffer.from(at.slice(2)));
}

const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, Buffer.concat(parts));

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const long = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...(length < 0x80 ? [length] : long)]), content]);
}
