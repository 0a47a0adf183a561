import type {
  EdgeVariable,
  MediaKeyVariable,
  OptionalVariable,
  RedisVariable,
  RuntimeVariable,
  portVariable,
} from "./runtime-contract.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

type OtherVariable = OptionalVariable | MediaKeyVariable | EdgeVariable | RedisVariable | typeof portVariable;

/** Reads variables and keeps one sentence for each that is not as expected. */
export class EnvironmentReader {
  readonly #environment: Environment;
  readonly problems: string[] = [];

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /**
   * What must be there.
   *
   * @param read gives undefined for a value that is not `expected`
   * @param isSecret secrets are not repeated in the complaint, @default false
   */
  take<T>(
    name: RuntimeVariable,
    expected: string,
    read: (value: string) => T | undefined,
    isSecret = false,
  ): T | undefined {
    const value = this.#environment[name];
    if (value === undefined) {
      this.problems.push(`${name} is missing: expected ${expected}`);
      return undefined;
    }
    const result = read(value);
    const received = isSecret ? `${value.length} characters` : `'${value}'`;
    if (result === undefined) this.problems.push(`${name} is ${received}: expected ${expected}`);
    return result;
  }

  /** What may be missing, or empty, which is the same. */
  optional(name: OtherVariable): string | undefined {
    return this.#environment[name] || undefined;
  }

  /** As `optional`, and complains about a value that is not `expected`. */
  optionalIf(
    name: OtherVariable,
    expected: string,
    isExpected: (value: string) => boolean,
  ): string | undefined {
    const value = this.optional(name);
    if (value !== undefined && !isExpected(value))
      this.problems.push(`${name} is '${value}': expected ${expected}, or nothing`);
    return value;
  }
}
