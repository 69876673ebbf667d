import type { Ports } from '../../src/ports/ports.ts';

/** Of each port what a test says of it: a whole one, or the methods that its path touches. */
export type GivenPorts = {
  readonly [Name in keyof Ports]?: Ports[Name] extends object
    ? Ports[Name] extends (...args: never[]) => unknown
      ? Ports[Name]
      : Partial<Ports[Name]>
    : Ports[Name];
};

/**
 * Ports of which a test gives only what it means to use. What it gives has the types of the real ones; whatever else is
 * used throws with its name, so that no test stands on an `undefined` that nobody wrote. A port may be taken and handed on
 * without being used; a part of one may not.
 */
export function portsForTest(given: GivenPorts): Ports {
  const ports = Object.entries(given).map(([name, port]) => [
    name,
    typeof port === 'object' ? loud(port, (key) => refuse(`ports.${name}.${key}`)) : port,
  ]);
  // The only cast: `loud` keeps what it promises to the compiler.
  return loud(Object.fromEntries(ports), (key) => missing(`ports.${key}`)) as Ports;
}

/** What the language and the test runner look for in any object, for instance when one is awaited or shown. */
const asked = ['then', 'toJSON', 'asymmetricMatch', 'constructor', 'nodeType', 'tagName', '$$typeof'];

const loud = (given: object, onMissing: (key: string) => unknown): object =>
  new Proxy(given, {
    get: (target, key, receiver) =>
      typeof key === 'symbol' || key in target || asked.includes(key)
        ? Reflect.get(target, key, receiver)
        : onMissing(key),
  });

function refuse(path: string): never {
  throw new TypeError(`this test gives no ${path}`);
}

/** Stands where a port would: throws as soon as it is called, read or reckoned with. */
const missing = (path: string): unknown =>
  new Proxy(() => undefined, { get: () => refuse(path), apply: () => refuse(path) });
