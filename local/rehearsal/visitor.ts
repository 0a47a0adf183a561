import { Agent, request as openRequest } from "node:https";
import type { IncomingHttpHeaders } from "node:http";

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface VisitorOptions {
  /** The name that people type: the declared domain. */
  readonly host: string;
  /** Where the edge listens on this machine. */
  readonly port: number;
  /** Where Google's own hosts are answered for. @default nowhere */
  readonly googlePort?: number;
  /** PEM of the authority whose certificates the edge has. */
  readonly trusted: string;
  /** The loopback address that requests come from, as of somebody elsewhere. @default 127.0.0.1 */
  readonly from?: string;
}

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
}

/** Someone with a browser, who keeps cookies and reaches the declared edge by its name over TLS. */
export class Visitor {
  readonly #options: VisitorOptions;
  /** As a browser, which keeps its connections. */
  readonly #agent = new Agent({ keepAlive: true });
  /** By path and name: the edge gives several of one name, for several folders. */
  readonly #cookies = new Map<string, Cookie>();

  constructor(options: VisitorOptions) {
    this.#options = options;
  }

  /** Signs in at the identity proxy. @throws Error where it does not let this person pass */
  async signIn(email: string): Promise<void> {
    const body = new URLSearchParams({ email, next: "/" }).toString();
    const reply = await this.ask("POST", "/_gcp_iap/sign-in", {
      body: Buffer.from(body),
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    if (reply.status !== 302)
      throw new Error(`signing in was answered ${reply.status}: ${reply.body.toString()}`);
  }

  /**
   * Sends one request to a path of the declared domain, or to a whole address of Google's, as the page does: redirects
   * are answers, and it says that it is no navigation.
   */
  ask(
    method: string,
    address: string,
    more: { readonly body?: Buffer; readonly headers?: Readonly<Record<string, string>> } = {},
  ): Promise<Reply> {
    const { host, port, googlePort, trusted, from } = this.#options;
    const { hostname, pathname, search } = new URL(address, `https://${host}`);
    const isOwn = hostname === host;
    const path = pathname + search;
    const cookie = isOwn ? this.#cookiesFor(pathname) : "";
    const headers = {
      host: hostname,
      origin: `https://${host}`,
      "x-requested-with": "XMLHttpRequest",
      ...(cookie === "" ? {} : { cookie }),
      ...(more.body === undefined ? {} : { "content-length": String(more.body.length) }),
      ...more.headers,
    };
    return new Promise((resolve, reject) => {
      const request = openRequest(
        {
          host: "127.0.0.1",
          ...(from === undefined ? {} : { localAddress: from }),
          port: isOwn ? port : googlePort,
          servername: hostname,
          ca: trusted,
          method,
          path,
          headers,
          agent: this.#agent,
        },
        (answer) => {
          const parts: Buffer[] = [];
          answer.on("data", (part: Buffer) => parts.push(part));
          answer.on("error", reject);
          answer.on("end", () => {
            if (isOwn) this.#keep(answer.headers["set-cookie"] ?? []);
            resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(parts) });
          });
        },
      );
      request.on("error", reject);
      request.end(more.body);
    });
  }

  /** Uploads one file as the simple form does. */
  async upload(bytes: Buffer, name: string): Promise<Reply> {
    const form = new FormData();
    form.append("file", new Blob([new Uint8Array(bytes)]), name);
    const encoded = new Response(form);
    const contentType = encoded.headers.get("content-type") ?? "";
    const body = Buffer.from(await encoded.arrayBuffer());
    return this.ask("POST", "/v1/photos", { body, headers: { "content-type": contentType } });
  }

  #cookiesFor(path: string): string {
    return [...this.#cookies.values()]
      .filter((cookie) => path.startsWith(cookie.path))
      .map(({ name, value }) => `${name}=${value}`)
      .join("; ");
  }

  #keep(lines: readonly string[]): void {
    for (const line of lines) {
      const [pair = "", ...attributes] = line.split(";").map((part) => part.trim());
      const split = pair.indexOf("=");
      const path = attributes.find((part) => /^path=/i.test(part))?.slice("path=".length) ?? "/";
      const cookie = { name: pair.slice(0, split), value: pair.slice(split + 1), path };
      const key = `${path} ${cookie.name}`;
      if (attributes.some((part) => /^max-age=0$/i.test(part))) this.#cookies.delete(key);
      else this.#cookies.set(key, cookie);
    }
  }
}
