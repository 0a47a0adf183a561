import { createHash } from "../late-crypto.ts";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { FastifyPluginAsync } from "fastify";
import { RequestRefusedError } from "./request-refusal.ts";
import { pagePolicy } from "./security-headers.ts";

/** The built page, as it is sent. What it refers to under `/assets/` comes from the edge, never from here. */
export interface Page {
  readonly html: Buffer;
  readonly entityTag: string;
}

/** Addresses of the one page; what it shows is decided in the browser. */
const addresses = ["/", "/upload", "/profile", "/trash", "/p/:photo"] as const;

/**
 * The page tells its version to whoever looks at its foot.
 *
 * @returns undefined where the folder has no `index.html`: the page is not built
 */
export async function readPage(folder: string, version: string): Promise<Page | undefined> {
  try {
    const text = await readFile(join(folder, "index.html"), "utf8");
    const html = Buffer.from(text.replace("</head>", `<meta name="version" content="${version}"></head>`));
    return withLateTag(html);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** The tag is made with the first question for the page. */
function withLateTag(html: Buffer): Page {
  let tag: string | undefined;
  return {
    html,
    get entityTag() {
      return (tag ??= `"${createHash("sha256").update(html).digest("base64url").slice(0, 22)}"`);
    },
  };
}

export interface PageRoutesOptions {
  readonly page: Page | undefined;
  /** Scheme and host to which the page sends parts of uploads, where it is another than its own. */
  readonly uploadOrigin?: string | undefined;
}

/** Serves the page at its addresses, to people who are signed in like everything else. */
export const pageRoutes: FastifyPluginAsync<PageRoutesOptions> = async (server, { page, uploadOrigin }) => {
  const policy = pagePolicy(uploadOrigin === undefined ? [] : [uploadOrigin]);
  for (const address of addresses) {
    server.get(address, { schema: { hide: true } }, async (request, reply) => {
      if (page === undefined) throw new RequestRefusedError("page-not-built", "the page is not built");
      void reply
        .header("content-security-policy", policy)
        // Asked for every time, so that a new version is seen at once; sent only when it is new.
        .header("cache-control", "private, no-cache")
        .header("etag", page.entityTag);
      if (request.headers["if-none-match"] === page.entityTag) return reply.code(304).send();
      return reply.type("text/html; charset=utf-8").send(page.html);
    });
  }
};
