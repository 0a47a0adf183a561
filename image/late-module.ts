/**
 * Stands in for what a `require` at the top of a file gives, and loads it at the first use: when a property is asked
 * for, when it is called or constructed. It is a function, so that it can stand in for functions, classes and objects
 * alike; `typeof` sees that and nothing else does.
 *
 * Lies in the bundle as it is written here, and so imports nothing.
 */
export function lateModule(load: () => object): object {
  let loaded: object | undefined;
  const whole = (): object => (loaded ??= load());
  // A bound one, for that has no `prototype`: what a proxy's target has for good, the proxy cannot deny.
  // oxlint-disable-next-line no-extra-bind
  const target: object = function () {}.bind(undefined);
  Reflect.deleteProperty(target, "name");
  Reflect.deleteProperty(target, "length");
  const standIn: object = new Proxy(target, {
    get: (_target, name) => Reflect.get(whole(), name),
    set: (_target, name, value) => Reflect.set(whole(), name, value),
    has: (_target, name) => Reflect.has(whole(), name),
    ownKeys: () => Reflect.ownKeys(whole()),
    getOwnPropertyDescriptor: (_target, name) => {
      const own = Reflect.getOwnPropertyDescriptor(whole(), name);
      return own && { ...own, configurable: true };
    },
    getPrototypeOf: () => Reflect.getPrototypeOf(whole()),
    apply: (_target, self, values) => Reflect.apply(callable(whole()), self, values),
    construct: (_target, values, made) =>
      Reflect.construct(callable(whole()), values, made === standIn ? callable(whole()) : made),
  });
  return standIn;
}

/** The same for `node:assert`, where an assertion that holds needs nothing loaded. */
export function lateAssert(load: () => object): object {
  return new Proxy(lateModule(load), {
    apply: (assert, self, values) => (values[0] ? undefined : Reflect.apply(callable(assert), self, values)),
  });
}

function callable(value: object) {
  if (typeof value === "function") return value;
  throw new TypeError("expected a module that is a function, got an object");
}
