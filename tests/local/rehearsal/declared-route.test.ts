import { afterAll, beforeAll, expect, test } from "vitest";
import type { StandIn } from "../../../local/google-apis/stand-in.ts";
import { routeOf } from "../../../local/rehearsal/declared-route.ts";
import { type Ask, openStandIn } from "../google-apis/caller.ts";

let standIn: StandIn;
let ask: Ask;
const global = "projects/imgstream-dev/global";
const path = `/compute/v1/${global}`;

function routed(address: string): string {
  const route = routeOf(standIn.world, new URL(address));
  if (route.kind === "redirect") return `${route.status} ${route.location}`;
  return route.kind === "nothing" ? route.why : `${route.kind} ${route.backend.name.split("/").at(-1)}`;
}

beforeAll(async () => {
  ({ standIn, ask } = await openStandIn());
});

afterAll(() => standIn.close());

test("before anything is declared, the edge says what is missing", () => {
  expect(routed("https://photos.example.com/")).toBe("no forwarding rule is declared for port 443");
});

test("requests go where the declared URL map sends them, the longest path first", async () => {
  await ask("POST", "/storage/v1/b?project=imgstream-dev", { name: "media-bucket" });
  await ask("POST", `${path}/backendServices`, { name: "web" });
  for (const name of ["media", "shares"])
    await ask("POST", `${path}/backendBuckets`, { name, bucketName: "media-bucket" });
  await ask("POST", `${path}/urlMaps`, {
    name: "map",
    defaultService: `${global}/backendServices/web`,
    hostRules: [{ hosts: ["photos.example.com"], pathMatcher: "photos" }],
    pathMatchers: [
      {
        name: "photos",
        defaultService: `${global}/backendServices/web`,
        pathRules: [
          { paths: ["/photos/*", "/assets"], service: `${global}/backendBuckets/media` },
          { paths: ["/photos/shared/*"], service: `${global}/backendBuckets/shares` },
        ],
      },
    ],
  });
  await ask("POST", `${path}/sslCertificates`, {
    name: "edge",
    type: "MANAGED",
    managed: { domains: ["photos.example.com"] },
  });
  const proxy = {
    name: "https",
    urlMap: `${global}/urlMaps/map`,
    sslCertificates: [`${global}/sslCertificates/edge`],
  };
  await ask("POST", `${path}/targetHttpsProxies`, proxy);
  await ask("POST", `${path}/forwardingRules`, {
    name: "https",
    target: `${global}/targetHttpsProxies/https`,
    portRange: "443",
  });
  expect(routed("https://photos.example.com/")).toBe("service web");
  expect(routed("https://photos.example.com/photos/a/b.jpg")).toBe("bucket media");
  expect(routed("https://photos.example.com/photos/shared/b.jpg")).toBe("bucket shares");
  expect(routed("https://photos.example.com/photosynthesis")).toBe("service web");
  expect(routed("https://photos.example.com/assets")).toBe("bucket media");
  expect(routed("https://elsewhere.example.com/photos/a")).toBe("service web");
});

test("plain HTTP is redirected as declared", async () => {
  await ask("POST", `${path}/urlMaps`, { name: "redirect", defaultUrlRedirect: { httpsRedirect: true } });
  await ask("POST", `${path}/targetHttpProxies`, { name: "http", urlMap: `${global}/urlMaps/redirect` });
  await ask("POST", `${path}/forwardingRules`, {
    name: "http",
    target: `${global}/targetHttpProxies/http`,
    portRange: "80",
  });
  expect(routed("http://photos.example.com/a?b=c")).toBe("301 https://photos.example.com/a?b=c");
});
