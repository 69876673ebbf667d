import type { Json } from './json.ts';

/** The few calls with which a test or the demo plays a person. Each throws when GitHub answers anything but 2xx. */
export interface RestClient {
  get<T = Json>(path: string): Promise<T>;
  post<T = Json>(path: string, body?: Json): Promise<T>;
  put<T = Json>(path: string, body?: Json): Promise<T>;
  patch<T = Json>(path: string, body?: Json): Promise<T>;
  delete<T = Json>(path: string): Promise<T>;
}

class RestFailure extends Error {
  override readonly name = 'RestFailure';
  readonly status: number;
  readonly body: string;
  constructor(method: string, path: string, status: number, body: string) {
    super(`${method} ${path} answered ${status}: ${body.slice(0, 500)}`);
    this.status = status;
    this.body = body;
  }
}

export function restClient(url: string, token: string): RestClient {
  const ask = async <T>(method: string, path: string, body?: Json): Promise<T> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new RestFailure(method, path, response.status, text);
    return (text === '' ? null : JSON.parse(text)) as T;
  };
  return {
    get: (path) => ask('GET', path),
    post: (path, body) => ask('POST', path, body),
    put: (path, body) => ask('PUT', path, body),
    patch: (path, body) => ask('PATCH', path, body),
    delete: (path) => ask('DELETE', path),
  };
}
