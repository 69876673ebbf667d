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
 * asked for throws with its name, so that no test stands on an `undefined` that nobody wrote.
 */
export function portsForTest(given: GivenPorts): Ports {
  const ports = Object.entries(given).map(([name, port]) => [
    name,
    typeof port === 'object' ? loud(port, `ports.${name}`) : port,
  ]);
  // The only cast: `loud` keeps what it promises to the compiler.
  return loud(Object.fromEntries(ports), 'ports') as Ports;
}

/** One port, of which a test gives the methods that it means to use. */
export const portForTest = <Name extends keyof GivenPorts>(name: Name, given: NonNullable<GivenPorts[Name]>) =>
  portsForTest({ [name]: given } as GivenPorts)[name];

/** What the language itself looks for in any object, for instance when one is awaited or shown. */
const asked = ['then', 'toJSON', 'asymmetricMatch', 'constructor', 'nodeType', 'tagName', '$$typeof'];

function loud(given: object, path: string): object {
  return new Proxy(given, {
    get: (target, key, receiver) => {
      if (typeof key === 'string' && !(key in target) && !asked.includes(key))
        throw new TypeError(`this test gives no ${path}.${key}`);
      return Reflect.get(target, key, receiver);
    },
  });
}
