import type { ServerResponse } from 'node:http';
import type { FaultKind, PhaseKind } from './drill-faults.ts';
import type { Lane } from './lanes.ts';

/** Each provider's own word for what is wrong. */
const codes = {
  key: { openai: 'invalid_api_key', azure: '401', anthropic: 'authentication_error' },
  credit: { openai: 'insufficient_quota', azure: 'insufficient_quota', anthropic: 'billing_error' },
  model: { openai: 'model_not_found', azure: 'DeploymentNotFound', anthropic: 'not_found_error' },
} as const;

export const unknownModel = {
  openai: 'The model `gpt-6-sol` does not exist or you do not have access to it.',
  azure: 'The API deployment for this resource does not exist.',
  anthropic: 'model: claude-sonnet-5',
} as const;

/** Answers before the first byte of a reply, where that is the fate. @returns false where a reply is due. */
export async function refuse(
  { provider, wire }: Lane,
  fate: FaultKind | PhaseKind | null,
  response: ServerResponse,
): Promise<boolean> {
  const answer = (status: number, code: string, message: string, headers: Record<string, string> = {}) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(wire.error(code, message)));
    return true;
  };
  switch (fate) {
    case 'wrong key (401)':
      return answer(401, codes.key[provider], 'the key is wrong');
    case 'no credit':
    case 'no credit (402)':
      return answer(402, codes.credit[provider], 'the account is empty');
    case 'unknown model (404)':
      return answer(404, codes.model[provider], unknownModel[provider]);
    case 'rate limit (429)':
      return answer(429, 'rate_limit_error', 'slow down');
    case 'rate limit with retry-after (429)':
      return answer(429, 'rate_limit_error', 'slow down', { 'retry-after': '1' });
    case 'server error (500)':
      return answer(500, 'server_error', 'sorry');
    case 'overloaded (529)':
      return answer(529, 'overloaded_error', 'overloaded');
    case 'error body with 200':
      return answer(200, 'overloaded_error', 'the model behind this gateway failed');
    case 'web page of a proxy (502)':
    case 'web page with 200':
      response.writeHead(fate.endsWith('200') ? 200 : 502, { 'content-type': 'text/html' });
      response.end('<!DOCTYPE html><html><head><title>Bad gateway</title></head><body>nginx</body></html>');
      return true;
    case 'down':
    case 'connection reset':
      response.socket?.resetAndDestroy();
      return true;
    case 'no answer at all':
      await new Promise((resolve) => response.once('close', resolve));
      return true;
    default:
      return false;
  }
}
