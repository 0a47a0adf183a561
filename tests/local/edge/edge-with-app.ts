import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { type RequestListener, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type Edge, type EdgeOptions, startEdge } from "../../../local/edge/edge.ts";

export const audience = "/projects/1/global/backendServices/2";

/** An edge before a server of the test's own, both gone when the test ends. */
export async function startEdgeWithApp(
  app: RequestListener,
  options: Partial<EdgeOptions> = {},
): Promise<Edge & { readonly folder: string }> {
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const folder = await temporaryFolder();
  await mkdir(join(folder, "page/assets"), { recursive: true });
  await writeFile(join(folder, "page/assets/main-ABCDEFGH.js"), "let page;");
  const edge = await startEdge({
    port: 0,
    appOrigin: () => `http://127.0.0.1:${port}`,
    pageFolder: join(folder, "page"),
    media: { folder: join(folder, "media"), keys: new Map() },
    folder: join(folder, "edge"),
    audience,
    ...options,
  });
  onTestFinished(async () => {
    await edge.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { ...edge, folder };
}

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "edge-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Signs in as a browser does and returns the cookie to send. */
export async function signIn(edge: Edge, email = "anna@example.com"): Promise<string> {
  const reply = await fetch(`${edge.origin}/_gcp_iap/sign-in`, {
    method: "POST",
    body: new URLSearchParams({ email, next: "/" }),
    redirect: "manual",
  });
  return reply.headers.get("set-cookie")?.split(";")[0] ?? "";
}
