/** A provider in place of the network: keeps what it was asked, and answers what a test says. */
export interface FakeProvider {
  readonly fetch: typeof fetch;
  readonly asked: readonly Asked[];
}

export interface Asked {
  readonly url: string;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

/** @param answer Told the newest question, and how many came before it. */
export function fakeProvider(answer: (asked: Asked, before: number) => Response): FakeProvider {
  const asked: Asked[] = [];
  return {
    asked,
    fetch: (url, init) => {
      const one = {
        url: String(url),
        headers: new Headers(init?.headers),
        body: JSON.parse(String(init?.body)) as Record<string, unknown>,
      };
      asked.push(one);
      return Promise.resolve(answer(one, asked.length - 1));
    },
  };
}
