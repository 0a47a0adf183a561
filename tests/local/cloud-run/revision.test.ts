import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CertificateAuthority } from "../../../local/cloud-run/certificate-authority.ts";
import { answerForGoogle, type GoogleHosts } from "../../../local/cloud-run/google-hosts.ts";
import { pullImage, type PulledImage } from "../../../local/cloud-run/image-pull.ts";
import type { Sandbox } from "../../../local/cloud-run/container-spec.ts";
import { runJob } from "../../../local/cloud-run/job.ts";
import { type RevisionSpec, startRevision } from "../../../local/cloud-run/revision.ts";
import { canSandbox } from "../../../local/cloud-run/sandbox.ts";
import { ServiceTraffic } from "../../../local/cloud-run/service-traffic.ts";
import { hasRegistry, makeNodeRoot, type SmallRegistry, startSmallRegistry } from "./small-registry.ts";

const isCi = process.env["CI"] === "true";
const canRun = hasRegistry && canSandbox();
if (!canRun && isCi) throw new Error("CI needs docker-registry and bubblewrap with user namespaces");

const program = `
import { createServer } from "node:http";
import { writeFileSync } from "node:fs";
if (process.env.MODE === "crash") { console.error("no such table"); process.exit(3); }
if (process.argv[2] === "task") process.exit(Number(process.env.CODE));
if (process.env.MODE === "deaf") setInterval(() => {}, 1000);
else createServer(async (request, response) => {
  const url = new URL(request.url, "http://x");
  const attempt = async (work) => { try { return await work(); } catch (error) { return "failed: " + (error.cause?.code ?? error.code ?? error.message); } };
  if (url.pathname === "/about") response.end(JSON.stringify({
    environment: process.env, user: process.getuid(), arguments: process.argv.slice(2),
    write: await attempt(() => writeFileSync("/app/x", "x")), tmp: await attempt(() => writeFileSync("/tmp/x", "x")) ?? "written",
  }));
  else if (url.pathname === "/fetch") response.end(await attempt(async () => (await fetch(url.searchParams.get("url"))).text()));
  else if (url.pathname === "/hog") { globalThis.kept = Buffer.alloc(400 * 1024 * 1024, 1); response.end("kept"); }
  else if (url.pathname === "/end") process.exit(0);
  else if (url.pathname === "/fall-ill") { globalThis.isIll = true; response.end(); }
  else { response.statusCode = url.pathname === "/health/ready" && !globalThis.isIll ? 200 : 404; response.end(); }
}).listen(Number(process.env.PORT));
`;

const config = {
  Entrypoint: ["/nodejs/bin/node", "--use-openssl-ca", "/app/main.mjs"],
  Cmd: ["web"],
  Env: ["SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt", "FROM_IMAGE=yes"],
  User: "65532",
  WorkingDir: "/app",
};

describe.skipIf(!canRun)("a revision (needs docker-registry and bubblewrap)", { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "imgstream-cloud-run-"));
  let registry: SmallRegistry;
  let image: PulledImage;
  let digest = "";
  let google: GoogleHosts;
  let sandbox: Sandbox;
  const standIn = createServer((request, response) =>
    response.end(`stand-in for ${request.headers.host ?? ""}`),
  );

  beforeAll(async () => {
    registry = await startSmallRegistry();
    const base = join(folder, "base");
    makeNodeRoot(base);
    const app = join(folder, "layer");
    mkdirSync(join(app, "app"), { recursive: true });
    writeFileSync(join(app, "app/main.mjs"), program);
    digest = await registry.push("team/app", "one", [base, app], config);
    const source = { registry: registry.origin, repository: "team/app", reference: "one" };
    image = await pullImage(source, join(folder, "images"));
    await new Promise<void>((resolve) => standIn.listen(0, "127.0.0.1", resolve));
    const address = standIn.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const authority = await CertificateAuthority.create();
    const standInOf = (host: string) => (host === "www.gstatic.com" ? `http://127.0.0.1:${port}` : undefined);
    google = await answerForGoogle(folder, authority, standInOf);
    sandbox = {
      kind: "bubblewrap",
      egress: google.egress,
      hosts: ["www.gstatic.com", "forgotten.googleapis.com", "metadata.google.internal"],
      trustedCertificate: authority.certificate,
    };
  });

  afterAll(async () => {
    registry.close();
    await google.close();
    standIn.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function specOf(more: Partial<RevisionSpec> = {}): RevisionSpec {
    return {
      name: "web-00001",
      image,
      environment: { DECLARED: "value with spaces" },
      platformEnvironment: { K_SERVICE: "web" },
      port: 8080,
      memoryBytes: 300 * 1024 * 1024,
      sandbox,
      startupProbe: {
        action: { kind: "http", path: "/health/ready" },
        periodSeconds: 1,
        failureThreshold: 60,
      },
      ...more,
    };
  }

  test("the tag resolves to the digest of the manifest that was pushed", () => {
    expect(image.digest).toBe(digest);
    expect(image.config).toMatchObject({ user: "65532", workingFolder: "/app", command: ["web"] });
  });

  test("an image that was never pushed is said by name", async () => {
    const source = { registry: registry.origin, repository: "team/app", reference: "two" };
    await expect(pullImage(source, join(folder, "images"))).rejects.toThrow(
      "Image 'team/app:two' not found.",
    );
  });

  test("it runs with exactly the declared environment, user and arguments, read-only but /tmp", async () => {
    const revision = await startRevision(specOf());
    try {
      const about = (await (await fetch(`${revision.origin}/about`)).json()) as Record<string, unknown>;
      expect(about).toEqual({
        environment: {
          DECLARED: "value with spaces",
          FROM_IMAGE: "yes",
          SSL_CERT_FILE: "/etc/ssl/certs/ca-certificates.crt",
          K_SERVICE: "web",
          PORT: "8080",
          PWD: "/app",
        },
        user: 65532,
        arguments: ["web"],
        write: "failed: EROFS",
        tmp: "written",
      });
    } finally {
      await revision.stop(1);
    }
  });

  test("Google's hosts lead to the stand-ins over TLS, and nothing else can be reached", async () => {
    const revision = await startRevision(specOf());
    const ask = async (url: string) =>
      (await fetch(`${revision.origin}/fetch?url=${encodeURIComponent(url)}`)).text();
    try {
      expect(await ask("https://www.gstatic.com/iap/verify/public_key-jwk")).toBe(
        "stand-in for www.gstatic.com",
      );
      expect(await ask("http://metadata.google.internal/")).toContain(
        "Nothing stands in for 'metadata.google.internal'",
      );
      expect(await ask("https://forgotten.googleapis.com/")).toContain("'forgotten.googleapis.com'");
      expect(await ask(registry.origin)).toBe("failed: ECONNREFUSED");
      expect(await ask("https://example.com/")).toMatch(/^failed: (EAI_AGAIN|ENOTFOUND|ECONNREFUSED)/);
    } finally {
      await revision.stop(1);
    }
  });

  test("a container that ends before it is ready is an error with what it wrote", async () => {
    const error: unknown = await startRevision(specOf({ environment: { MODE: "crash" } })).catch(
      (caught) => caught,
    );
    expect(error).toMatchObject({
      message: expect.stringMatching(/'web-00001' is not ready .* ended with exit code 3\./),
      log: expect.arrayContaining(["no such table"]),
    });
  });

  test.each([
    ["nothing listens", { environment: { MODE: "deaf" } }],
    ["the path is wrong", { startupProbe: { action: { kind: "http", path: "/nowhere" } } }],
  ] as const)("a startup probe fails when %s", async (_name, more) => {
    const probe = { ...specOf().startupProbe, ...("startupProbe" in more && more.startupProbe) };
    const spec = specOf({
      ...more,
      startupProbe: { action: { kind: "tcp" }, ...probe, failureThreshold: 2 },
    });
    await expect(startRevision(spec)).rejects.toThrow("failed the configured startup probe checks");
  });

  test("a container over its memory is killed and started again", async () => {
    const revision = await startRevision(specOf());
    try {
      await fetch(`${revision.origin}/hog`).catch(() => undefined);
      await expect
        .poll(async () => (await fetch(`${revision.origin}/about`).catch(() => undefined))?.status, {
          timeout: 60_000,
        })
        .toBe(200);
      const about = await fetch(`${revision.origin}/fetch?url=x`);
      expect(about.status).toBe(200);
    } finally {
      await revision.stop(1);
    }
  });

  test("traffic moves only to a revision that became ready", async () => {
    const traffic = new ServiceTraffic();
    try {
      await traffic.rollOut(specOf());
      await expect(
        traffic.rollOut(specOf({ name: "web-00002", environment: { MODE: "crash" } })),
      ).rejects.toThrow("ended with exit code 3");
      expect(traffic.revisionName).toBe("web-00001");
      expect((await fetch(`${traffic.origin}/health/ready`)).status).toBe(200);
      await traffic.rollOut(specOf({ name: "web-00003" }));
      expect(traffic.revisionName).toBe("web-00003");
    } finally {
      await traffic.stop();
    }
  });

  test("a container that ends while it serves is started again", async () => {
    const revision = await startRevision(
      specOf({ livenessProbe: { action: { kind: "http", path: "/health/ready" } } }),
    );
    try {
      await fetch(`${revision.origin}/end`).catch(() => undefined);
      const status = async () => (await fetch(`${revision.origin}/about`).catch(() => undefined))?.status;
      await expect.poll(status, { timeout: 60_000 }).toBe(200);
    } finally {
      await revision.stop(1);
    }
  });

  test("a container whose liveness probe fails as often as it may is started again", async () => {
    const livenessProbe = {
      action: { kind: "http", path: "/health/ready" },
      periodSeconds: 1,
      failureThreshold: 2,
    } as const;
    const revision = await startRevision(specOf({ livenessProbe }));
    try {
      await fetch(`${revision.origin}/fall-ill`);
      const status = async () =>
        (await fetch(`${revision.origin}/health/ready`).catch(() => undefined))?.status;
      expect(await status()).toBe(404);
      await expect.poll(status, { timeout: 60_000 }).toBe(200);
    } finally {
      await revision.stop(1);
    }
  });

  test("a job runs to its end, and a failed one as often as it may", async () => {
    const job = { ...specOf(), args: ["task"], timeoutSeconds: 120, maxRetries: 2 };
    const good = await runJob({ ...job, environment: { CODE: "0" } });
    expect(good).toMatchObject({ succeeded: true, attempts: [{ code: 0 }] });
    const bad = await runJob({ ...job, environment: { CODE: "4" } });
    expect(bad).toMatchObject({ succeeded: false, attempts: [{ code: 4 }, { code: 4 }, { code: 4 }] });
  });

  test("a job that takes too long is ended", async () => {
    const job = { ...specOf(), environment: { MODE: "deaf" }, timeoutSeconds: 1, maxRetries: 0 };
    expect(await runJob(job)).toMatchObject({ succeeded: false, attempts: [{ reason: "stopped" }] });
  });

  test("without a sandbox the unpacked files run as a plain process", async () => {
    const revision = await startRevision(specOf({ sandbox: { kind: "process" } }));
    try {
      const about = await (await fetch(`${revision.origin}/about`)).json();
      expect(about).toMatchObject({
        environment: {
          DECLARED: "value with spaces",
          FROM_IMAGE: "yes",
          PORT: new URL(revision.origin).port,
        },
        arguments: ["web"],
      });
    } finally {
      await revision.stop(1);
    }
  });
});
