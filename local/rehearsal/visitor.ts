import { request as openRequest } from "node:https";
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
  /** PEM of the authority whose certificates the edge has. */
  readonly trusted: string;
}

/** Someone with a browser, who keeps cookies and reaches the declared edge by its name over TLS. */
export class Visitor {
  readonly #options: VisitorOptions;
  readonly #cookies = new Map<string, string>();

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

  /** Sends one request; redirects are answers. Like the page, it says that it is no navigation. */
  ask(
    method: string,
    path: string,
    more: { readonly body?: Buffer; readonly headers?: Readonly<Record<string, string>> } = {},
  ): Promise<Reply> {
    const { host, port, trusted } = this.#options;
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = {
      host,
      origin: `https://${host}`,
      "x-requested-with": "XMLHttpRequest",
      ...(cookie === "" ? {} : { cookie }),
      ...(more.body === undefined ? {} : { "content-length": String(more.body.length) }),
      ...more.headers,
    };
    return new Promise((resolve, reject) => {
      const request = openRequest(
        { host: "127.0.0.1", port, servername: host, ca: trusted, method, path, headers, agent: false },
        (answer) => {
          const parts: Buffer[] = [];
          answer.on("data", (part: Buffer) => parts.push(part));
          answer.on("error", reject);
          answer.on("end", () => {
            this.#keep(answer.headers["set-cookie"] ?? []);
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

  #keep(lines: readonly string[]): void {
    for (const line of lines) {
      const [pair = ""] = line.split(";");
      const split = pair.indexOf("=");
      if (/max-age=0/i.test(line)) this.#cookies.delete(pair.slice(0, split));
      else this.#cookies.set(pair.slice(0, split), pair.slice(split + 1));
    }
  }
}
