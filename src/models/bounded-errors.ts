import { readableError } from './error-bodies.ts';

/** What an error says stands at its begin; the vendors' SDKs read all of it, be it a page without end. */
const mostErrorBytes = 64_000;

/** A fetch whose answers without success hold no more than an error may say, and say it where the SDKs look. */
export function boundedErrors(ask: typeof fetch): typeof fetch {
  return async (input, init) => {
    const response = await ask(input, init);
    if (response.ok || response.body === null) return response;
    const { status, statusText } = response;
    const headers = new Headers(response.headers);
    headers.delete('content-encoding');
    headers.delete('content-length');
    return new Response(readableError(await begin(response.body)), { status, statusText, headers });
  };
}

async function begin(body: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let sizeBytes = 0;
  for await (const chunk of body) {
    sizeBytes += chunk.byteLength;
    text += decoder.decode(chunk, { stream: true });
    if (sizeBytes > mostErrorBytes) break;
  }
  return text.slice(0, mostErrorBytes);
}
