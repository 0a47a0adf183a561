import { App, DefaultTokenResolver, Lazy, StringConcat, TerraformStack, Token, Tokenization } from "cdktf";
import { beforeAll, expect, test } from "vitest";
import { resolveQuickly } from "../../stacks/quick-resolution.ts";

const scope = new TerraformStack(new App(), "production");
const options = { scope, resolver: new DefaultTokenResolver(new StringConcat()) };
const list = () => Token.asList(Lazy.listValue({ produce: () => ["a", "b"] }));
const text = Token.asString("${google_storage_bucket.media.name}");

const values: Record<string, unknown> = {
  "plain values": ["media", 80, true, false, null, "", 0, [], {}],
  "undefined, which is left out": { a: undefined, b: [1, undefined, 2], c: { d: undefined } },
  "a token alone and within a text": [text, `gs://${text}/photos`, { [`prefix-${text}`]: text }],
  "a text that Terraform evaluates": ["$", "{path.module} and }"].join(""),
  "a number that is a token": { port: Token.asNumber(Lazy.numberValue({ produce: () => 8080 })), count: 3 },
  "a number that is a token, within a text": `port ${Token.asNumber(Lazy.numberValue({ produce: () => 8080 }))}`,
  "what only looks like a number that is a token": ["1e+21", "1.5e+3 things", 1e21],
  "a list that is a token": { names: list(), more: [list()] },
  "a list of numbers that is a token": Token.asNumberList(Lazy.anyValue({ produce: () => [4, 9] })),
  "a map that is a token": {
    labels: Token.asStringMap(Lazy.anyValue({ produce: () => ({ team: "photos" }) })),
    sizes: Token.asNumberMap(Lazy.anyValue({ produce: () => ({ large: 1600 }) })),
    facts: Token.asAnyMap(Lazy.anyValue({ produce: () => ({ isOpen: false }) })),
  },
  "an object that is a token": { rules: Lazy.anyValue({ produce: () => [{ on: text }, undefined] }) },
  "a date": { since: new Date(0) },
};

const circular: Record<string, unknown> = {};
circular["other"] = { circular };

const refused: Record<string, unknown> = {
  "a function": { rule: { when: () => true } },
  "a construct": { bucket: scope },
  "what contains itself": circular,
  "a list token where a text belongs": { name: list()[0] },
  "a list token with more than itself": [...list(), "b"],
  "a value of a map that is a token": { name: Token.STRING_MAP_TOKEN_VALUE },
};

/** Without the place within the value, which is what of it was left to cdktf. */
function refusalOf(value: unknown): string {
  try {
    return `none, but ${JSON.stringify(Tokenization.resolve(value, options))}`;
  } catch (error) {
    return String(error).replaceAll(/( '?)\/[\w/.-]*/g, "$1/…");
  }
}

let resolutions = new Map<unknown, unknown>();
let refusals = new Map<unknown, string>();

beforeAll(() => {
  resolutions = new Map(Object.values(values).map((value) => [value, Tokenization.resolve(value, options)]));
  refusals = new Map(Object.values(refused).map((value) => [value, refusalOf(value)]));
  resolveQuickly();
});

test.each(Object.entries(values))("%s resolves to what cdktf makes of it", (_, value) => {
  expect(Tokenization.resolve(value, options)).toStrictEqual(resolutions.get(value));
});

test.each(Object.entries(refused))("%s is refused as cdktf refuses it", (_, value) => {
  expect(refusalOf(value)).toBe(refusals.get(value));
  expect(refusalOf(value)).not.toMatch(/^none/);
});
