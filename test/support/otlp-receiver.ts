import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span as it came over the wire, with what the tests ask about. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string;
  readonly name: string;
  readonly kind: number;
  readonly tookMs: number;
  readonly isError: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface OtlpReceiver {
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  readonly requests: readonly { readonly path: string; readonly headers: Readonly<Record<string, unknown>> }[];
  /** Of the resource of the newest request. */
  readonly resource: Readonly<Record<string, unknown>>;
  /** From now on requests are answered with this; 0: never. */
  answerWith(status: number): void;
  close(): Promise<void>;
}

/** A collector on loopback that reads OTLP over HTTP in protobuf. */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const requests: { path: string; headers: Record<string, unknown> }[] = [];
  let resource: Record<string, unknown> = {};
  let status = 200;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      requests.push({ path: request.url ?? '', headers: request.headers });
      if (status === 0) return;
      if (status === 200) {
        for (const resourceSpans of messagesOf(Buffer.concat(chunks), 1)) {
          resource = Object.assign({}, ...messagesOf(resourceSpans, 1).map((one) => attributesOf(one, 1)));
          for (const scope of messagesOf(resourceSpans, 2)) spans.push(...messagesOf(scope, 2).map(readSpan));
        }
      }
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    requests,
    get resource() {
      return resource;
    },
    answerWith: (next) => {
      status = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto */
function readSpan(bytes: Buffer): ReceivedSpan {
  const fields = fieldsOf(bytes);
  const bytesAt = (number: number): Buffer =>
    (fields.find((field) => field.number === number)?.value as Buffer) ?? empty;
  const nanosAt = (number: number): bigint => (bytesAt(number).length === 8 ? bytesAt(number).readBigUInt64LE() : 0n);
  const statusCode = fieldsOf(bytesAt(15)).find(({ number }) => number === 3)?.value;
  return {
    traceId: bytesAt(1).toString('hex'),
    spanId: bytesAt(2).toString('hex'),
    parentId: bytesAt(4).toString('hex'),
    name: bytesAt(5).toString('utf8'),
    kind: Number(fields.find(({ number }) => number === 6)?.value ?? 0),
    tookMs: Number(nanosAt(8) - nanosAt(7)) / 1e6,
    isError: statusCode === 2n,
    attributes: attributesOf(bytes, 9),
  };
}

const empty = Buffer.alloc(0);

const messagesOf = (bytes: Buffer, wanted: number): Buffer[] =>
  fieldsOf(bytes).flatMap(({ number, value }) => (number === wanted && Buffer.isBuffer(value) ? [value] : []));

const attributesOf = (bytes: Buffer, field: number): Record<string, unknown> =>
  Object.fromEntries(
    messagesOf(bytes, field).map((pair) => [
      messagesOf(pair, 1)[0]?.toString('utf8') ?? '',
      anyValue(messagesOf(pair, 2)[0] ?? empty),
    ]),
  );

function anyValue(bytes: Buffer): unknown {
  const [field] = fieldsOf(bytes);
  switch (field?.number) {
    case 1:
      return (field.value as Buffer).toString('utf8');
    case 2:
      return field.value === 1n;
    case 3:
      return Number(field.value);
    case 4:
      return (field.value as Buffer).readDoubleLE();
    case 5:
      return messagesOf(field.value as Buffer, 1).map(anyValue);
    default:
      return null;
  }
}

interface Field {
  readonly number: number;
  /** A number, or the bytes of whatever is longer. */
  readonly value: bigint | Buffer;
}

/** https://protobuf.dev/programming-guides/encoding/ */
function fieldsOf(bytes: Buffer): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++] ?? 0;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number): Buffer => {
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const key = Number(varint());
    const wire = key & 7;
    const value = wire === 0 ? varint() : take(wire === 1 ? 8 : wire === 5 ? 4 : Number(varint()));
    fields.push({ number: key >>> 3, value });
  }
  return fields;
}
