import { BlockList } from "node:net";
import { celEnv, celFunc, celMethod, CelScalar, isCelError, mapType, parse, plan } from "@bufbuild/cel";

/** What Cloud Armor's expressions may ask of a request. */
export interface AskedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly scheme: string;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly ip: string;
}

/** `unknown`: it depends on what only Google knows. */
export type Verdict = "matches" | "passes" | "unknown";

/** Google gives this where it does not know an address's country, as it cannot of one on this machine. */
const noRegion = "ZZ";

/** Only Google has the signatures. Thrown, CEL's own logic says whether the rest decides without them. */
const onlyGoogleKnows = new Error("only Google knows the signatures");

function unknowable(): never {
  throw onlyGoogleKnows;
}

const textMap = mapType(CelScalar.STRING, CelScalar.STRING);

/** https://cloud.google.com/armor/docs/rules-language-reference */
const environment = celEnv({
  variables: {
    "request.method": CelScalar.STRING,
    "request.path": CelScalar.STRING,
    "request.query": CelScalar.STRING,
    "request.scheme": CelScalar.STRING,
    "request.headers": textMap,
    "origin.ip": CelScalar.STRING,
    "origin.user_ip": CelScalar.STRING,
    "origin.region_code": CelScalar.STRING,
  },
  funcs: [
    celFunc("evaluatePreconfiguredWaf", [CelScalar.STRING], CelScalar.BOOL, unknowable),
    celFunc("evaluatePreconfiguredWaf", [CelScalar.STRING, CelScalar.DYN], CelScalar.BOOL, unknowable),
    celFunc("evaluatePreconfiguredExpr", [CelScalar.STRING], CelScalar.BOOL, unknowable),
    celFunc("evaluateThreatIntelligence", [CelScalar.STRING], CelScalar.BOOL, unknowable),
    celFunc("inIpRange", [CelScalar.STRING, CelScalar.STRING], CelScalar.BOOL, isInRange),
    celMethod("lower", CelScalar.STRING, [], CelScalar.STRING, function () {
      return this.toLowerCase();
    }),
    celMethod("upper", CelScalar.STRING, [], CelScalar.STRING, function () {
      return this.toUpperCase();
    }),
    celMethod("urlDecode", CelScalar.STRING, [], CelScalar.STRING, function () {
      return decodeURIComponent(this);
    }),
    celMethod("base64Decode", CelScalar.STRING, [], CelScalar.STRING, function () {
      return Buffer.from(this, "base64").toString("utf8");
    }),
  ],
});

/** Google's `has(request.headers['x'])` is no CEL, which tests fields only. */
function asCel(expression: string): string {
  return expression.replaceAll(/\bhas\(\s*request\.headers\[([^\]]+)\]\s*\)/g, "($1 in request.headers)");
}

const planned = new Map<string, ReturnType<typeof planOf>>();

function planOf(expression: string) {
  return plan(environment, parse(asCel(expression)));
}

/** @throws Error where it is no expression, with what is wrong with it */
export function checkExpression(expression: string): void {
  if (!planned.has(expression)) planned.set(expression, planOf(expression));
}

/** Whether an address, such as `10.1.2.3`, is in a range, such as `10.1.0.0/16`. `*` holds everything. */
export function isInRange(ip: string, range: string): boolean {
  if (range === "*") return true;
  const [network = "", bits] = range.split("/");
  const family = network.includes(":") ? "ipv6" : "ipv4";
  const list = new BlockList();
  list.addSubnet(network, Number(bits ?? (family === "ipv6" ? 128 : 32)), family);
  return list.check(ip, ip.includes(":") ? "ipv6" : "ipv4");
}

/**
 * What a rule's expression says of a request. What cannot be evaluated, such as a header that is not there, does not
 * match.
 *
 * @throws Error where it asks for what nothing here knows of Cloud Armor's language
 */
export function judge(expression: string, request: AskedRequest): Verdict {
  checkExpression(expression);
  const result = planned.get(expression)?.({
    "request.method": request.method,
    "request.path": request.path,
    "request.query": request.query,
    "request.scheme": request.scheme,
    "request.headers": new Map(Object.entries(request.headers)),
    "origin.ip": request.ip,
    "origin.user_ip": request.ip,
    "origin.region_code": noRegion,
  });
  if (isCelError(result)) {
    if (/^(unbound function|unresolved attribute)/.test(result.message)) {
      throw new Error(`a firewall rule's expression is not known here: ${result.message} in ${expression}`);
    }
    // Of merged errors the library keeps the message alone.
    return result.message === onlyGoogleKnows.message ? "unknown" : "passes";
  }
  return result === true ? "matches" : "passes";
}
