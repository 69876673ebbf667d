import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface MetricsAccess {
  /** Whoever sends it may read; null: nobody may by a token. */
  readonly token: string | null;
  /** Whoever asks from this machine may read, without a token. */
  readonly isOpenToLoopback: boolean;
}

export interface MetricsText {
  text(): Promise<string>;
  readonly contentType: string;
}

/** `/metrics`, for those who may read it. */
export function metricsPage(access: MetricsAccess, metrics: MetricsText) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    if (request.method !== 'GET' || (request.url ?? '').replace(/\?.*$/, '') !== '/metrics') return false;
    if (!mayRead(request, access)) {
      response
        .writeHead(401, { 'content-type': 'text/plain; charset=utf-8', 'www-authenticate': 'Bearer' })
        .end('metrics need the header "Authorization: Bearer <AI_FIX_METRICS_TOKEN>"\n');
      return true;
    }
    const text = await metrics.text();
    response.writeHead(200, { 'content-type': metrics.contentType, 'cache-control': 'no-store' }).end(text);
    return true;
  };
}

/** A web page that got this machine's name for its own is no one of this machine; nor is what a proxy hands on with the name it was asked by. */
const loopbackHost = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/i;
const loopback = /^(?:127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;
/** A proxy on this machine asks for somebody who may be anywhere. One that tells nothing of it looks like this machine. */
const passedOn =
  /^(?:forwarded|via|cdn-loop|x-(?:original-)?forwarded(?:-.+)?|x-(?:original|envoy|proxyuser)-.+|.+-(?:client|connecting|real|remote|user)-ip|x-real-ip|x-client-ip|x-remote-(?:ip|addr))$/;

function mayRead(request: IncomingMessage, { token, isOpenToLoopback }: MetricsAccess): boolean {
  if (token !== null && isSame(bearerOf(request), token)) return true;
  return (
    isOpenToLoopback &&
    loopback.test(request.socket.remoteAddress ?? '') &&
    loopbackHost.test(request.headers.host ?? '') &&
    !Object.keys(request.headers).some((name) => passedOn.test(name))
  );
}

const bearerOf = ({ headers }: IncomingMessage): string =>
  /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';

/** Takes the same time for every wrong token, whatever its length. */
const isSame = (one: string, other: string): boolean => timingSafeEqual(hashOf(one), hashOf(other));
const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest();
