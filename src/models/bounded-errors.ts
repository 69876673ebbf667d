/** What an error says stands at its begin; the vendors' SDKs read all of it, be it a page without end. */
const mostErrorBytes = 64_000;

/**
 * A fetch whose answers without success hold no more than an error may say. Where it is the only one of a list, as Gemini
 * sends them, it stands there alone: the SDKs read no lists.
 */
export function boundedErrors(ask: typeof fetch): typeof fetch {
  return async (input, init) => {
    const response = await ask(input, init);
    if (response.ok || response.body === null) return response;
    const { status, statusText } = response;
    const headers = new Headers(response.headers);
    headers.delete('content-encoding');
    headers.delete('content-length');
    return new Response(unlisted(await begin(response.body)), { status, statusText, headers });
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

function unlisted(text: string): string {
  if (!text.trimStart().startsWith('[')) return text;
  try {
    const listed: unknown = JSON.parse(text);
    return Array.isArray(listed) && listed.length === 1 ? JSON.stringify(listed[0]) : text;
  } catch {
    return text;
  }
}
