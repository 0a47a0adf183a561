import sharp from "sharp";

/** A program that acts for one person, as their browser would. */
export class Person {
  readonly #origin: string;
  readonly #cookie: string;

  private constructor(origin: string, cookie: string) {
    this.#origin = origin;
    this.#cookie = cookie;
  }

  static async signIn(origin: string, email: string): Promise<Person> {
    const reply = await fetch(`${origin}/_gcp_iap/sign-in`, {
      method: "POST",
      body: new URLSearchParams({ email, next: "/" }),
      redirect: "manual",
    });
    return new Person(origin, reply.headers.get("set-cookie")?.split(";")[0] ?? "");
  }

  async ask(path: string, init: RequestInit = {}): Promise<Response> {
    return await fetch(`${this.#origin}${path}`, {
      redirect: "manual",
      ...init,
      headers: { cookie: this.#cookie, "x-requested-with": "XMLHttpRequest" },
    });
  }

  /** Opens the page, as a browser that keeps what it is given: what admits to the person's media at the edge. */
  async mediaCookies(): Promise<readonly { readonly path: string; readonly pair: string }[]> {
    const reply = await this.ask("/");
    return reply.headers
      .getSetCookie()
      .filter((cookie) => cookie.startsWith("Cloud-CDN-Cookie="))
      .map((cookie) => ({
        path: /Path=([^;]+)/.exec(cookie)?.[1] ?? "",
        pair: cookie.slice(0, cookie.indexOf(";")),
      }));
  }

  /** What the API leads to, asked for without any cookie: the address itself admits. */
  async media(photoId: string, rendition: "thumbnail" | "preview" | "original"): Promise<Response> {
    const reply = await this.ask(`/v1/photos/${photoId}/${rendition}`);
    const location = reply.headers.get("location");
    return reply.status === 303 && location !== null ? await fetch(`${this.#origin}${location}`) : reply;
  }

  async upload(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<Response> {
    const body = new FormData();
    body.append("file", new Blob([bytes]), name);
    return await this.ask("/v1/photos", { method: "POST", body });
  }

  async photoNames(): Promise<string[]> {
    const { photos } = (await (await this.ask("/v1/photos")).json()) as { photos: { filename: string }[] };
    return photos.map(({ filename }) => filename).toSorted();
  }
}

/** A JPEG with grain; every seed gives another one. */
export async function makeJpeg(seed: number, width = 320, height = 240): Promise<Buffer<ArrayBuffer>> {
  const noise = Buffer.alloc(width * height * 3);
  let state = seed;
  for (let index = 0; index < noise.length; index += 1) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    noise[index] = (index / width / 3 + seed * 40 + (state % 64)) % 256;
  }
  const jpeg = await sharp(noise, { raw: { width, height, channels: 3 } })
    .jpeg()
    .toBuffer();
  return Buffer.from(jpeg);
}
