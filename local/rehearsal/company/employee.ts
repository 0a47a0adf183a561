import { createHash, randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { isObject, type JsonObject, listAt, textAt } from "../../google-apis/engine/json.ts";
import { withOtherBytes } from "../picture.ts";
import { readJson } from "../reply-check.ts";
import type { Reply, Visitor } from "../visitor.ts";
import { UploadInParts } from "./upload-in-parts.ts";
import type { WorkLog } from "./work-log.ts";

/** Between two requests of one person, in milliseconds: well under what one may send. */
const breath = 90;

/** What a person was told is so. */
interface Acknowledged {
  readonly title?: string;
  readonly favorite?: boolean;
  readonly sha256: string;
  readonly storagePath: string;
  /** Of the record as the person saw it last: an edit says what it was made on. */
  readonly version: number;
}

/** What people add, each in bytes of their own. */
export interface Pictures {
  readonly small: Buffer;
  /** Of several parts. */
  readonly large: Buffer;
}

/** Somebody who looks at photos, writes about them and adds some, all day, from an address of their own. */
export class Employee {
  readonly email: string;
  readonly #visitor: Visitor;
  readonly #log: WorkLog;
  readonly #photos = new Map<string, Acknowledged>();
  #pictures: readonly string[] = [];
  readonly #small: Buffer;
  readonly #large: Buffer;
  #upload: UploadInParts | undefined;

  constructor(email: string, visitor: Visitor, log: WorkLog, pictures: Pictures) {
    this.email = email;
    this.#small = pictures.small;
    this.#large = pictures.large;
    this.#visitor = visitor;
    this.#log = log;
  }

  /** Signs in, and brings a first photo and the beginning of a large one. */
  async arrive(): Promise<void> {
    await this.#visitor.signIn(this.email);
    await this.#openPage();
    await this.#addPhoto();
    this.#upload = await UploadInParts.begin(withOtherBytes(this.#large), this.#visitor, this.#log);
  }

  /** Works until told to stop. */
  async work(stop: AbortSignal): Promise<void> {
    const morning = [
      () => this.#list(),
      () => this.#openPhoto(),
      () => this.#look(),
      () => this.#edit(),
      () => this.#look(),
      () => this.#like(),
      () => this.#openPage(),
      () => this.#list(),
      () => this.#look(),
      () => this.#edit(),
    ];
    for (let turn = 0; !stop.aborted; turn += 1) {
      await morning[turn % morning.length]?.();
      if (turn % 25 === 24) await this.#addPhoto();
      if (turn % 25 === 12) await this.#upload?.goOn();
      await pause(breath);
    }
  }

  /** Sends what is left of the large photo. */
  async goHome(): Promise<void> {
    const upload = this.#upload;
    const id = await upload?.finish();
    if (upload === undefined || id === undefined) return;
    const photo = await this.#log.note("photos", 200, () => this.#visitor.ask("GET", `/v1/photos/${id}`));
    if (photo !== undefined) this.#photos.set(id, { sha256: upload.sha256, ...keptOf(photo) });
  }

  /** What of all that was acknowledged is not there any more, or is otherwise. */
  async missing(): Promise<string[]> {
    const faults: string[] = [];
    const listed = await this.#allPhotos();
    for (const [id, { title, favorite, sha256, storagePath }] of this.#photos) {
      const photo = listed.get(id);
      if (photo === undefined) {
        faults.push(`${this.email}'s photo ${id} is gone`);
        continue;
      }
      if (title !== undefined && photo["title"] !== title)
        faults.push(`${this.email}'s photo ${id} is called '${textAt(photo, "title")}' and not '${title}'`);
      if (favorite !== undefined && photo["favorite"] !== favorite)
        faults.push(`${this.email}'s photo ${id} lost that it is ${favorite ? "a" : "no"} favourite`);
      const original = await this.#visitor.ask("GET", `/${storagePath}`);
      const sum = createHash("sha256").update(original.body).digest("hex");
      if (original.status !== 200 || sum !== sha256)
        faults.push(`the original of ${this.email}'s photo ${id} is not what was sent (${original.status})`);
    }
    return faults;
  }

  /** How many photos, titles and favourites the person was told are kept. */
  get acknowledged(): number {
    return [...this.#photos.values()].reduce(
      (sum, { title, favorite }) =>
        sum + 1 + (title === undefined ? 0 : 1) + (favorite === undefined ? 0 : 1),
      0,
    );
  }

  async #allPhotos(): Promise<Map<string, JsonObject>> {
    const found = new Map<string, JsonObject>();
    let cursor = "";
    do {
      const reply = await this.#visitor.ask("GET", `/v1/photos?limit=100${cursor && `&cursor=${cursor}`}`);
      const page = readJson(reply);
      for (const photo of listAt(page, "photos")) if (isObject(photo)) found.set(textAt(photo, "id"), photo);
      cursor = encodeURIComponent(textAt(page, "next_cursor"));
    } while (cursor !== "");
    return found;
  }

  #anyPhoto(): string {
    const ids = [...this.#photos.keys()];
    return ids[Math.floor(Math.random() * ids.length)] ?? "";
  }

  async #openPage(): Promise<void> {
    const headers = { accept: "text/html" };
    await this.#log.note("pages", 200, () => this.#visitor.ask("GET", "/", { headers }));
  }

  async #list(): Promise<void> {
    const reply = await this.#log.note("lists", 200, () => this.#visitor.ask("GET", "/v1/photos?limit=50"));
    if (reply === undefined) return;
    this.#pictures = listAt(readJson(reply), "photos").flatMap((photo) => [
      `/${textAt(photo, "thumbnail_path")}`,
      `/${textAt(photo, "preview_path")}`,
    ]);
  }

  async #openPhoto(): Promise<void> {
    await this.#log.note("photos", 200, () => this.#visitor.ask("GET", `/v1/photos/${this.#anyPhoto()}`));
  }

  async #look(): Promise<void> {
    const path = this.#pictures[Math.floor(Math.random() * this.#pictures.length)];
    if (path !== undefined) await this.#log.note("pictures", 200, () => this.#visitor.ask("GET", path));
  }

  #patch(id: string, change: JsonObject, key: string, version = this.#photos.get(id)?.version ?? 0) {
    return this.#visitor.ask("PATCH", `/v1/photos/${id}`, {
      body: Buffer.from(JSON.stringify(change)),
      headers: { "content-type": "application/json", "idempotency-key": key, "if-match": `"${version}"` },
    });
  }

  /** Every other time as a client that lost the answer: the same again, under the same key. */
  async #edit(): Promise<void> {
    const [id, title, key] = [this.#anyPhoto(), `Written ${randomUUID()}`, randomUUID()];
    const madeOn = this.#photos.get(id)?.version;
    const first = await this.#log.note("edits", 200, () => this.#patch(id, { title }, key, madeOn));
    if (first === undefined) return;
    this.#acknowledge(id, first, { title });
    if (Math.random() < 0.5) return;
    const again = await this.#log.note("edits repeated", 200, () => this.#patch(id, { title }, key, madeOn));
    if (again !== undefined && keptOf(again).version !== keptOf(first).version)
      this.#log.failed.push(`an edit of ${id} that was repeated was done twice`);
  }

  async #like(): Promise<void> {
    const [id, favorite] = [this.#anyPhoto(), Math.random() < 0.5];
    const reply = await this.#log.note("favourites", 200, () => this.#patch(id, { favorite }, randomUUID()));
    if (reply !== undefined) this.#acknowledge(id, reply, { favorite });
  }

  async #addPhoto(): Promise<void> {
    const bytes = withOtherBytes(this.#small);
    const reply = await this.#log.note("uploads", 201, () => this.#visitor.upload(bytes, "at-work.jpg"));
    if (reply === undefined) return;
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    this.#photos.set(textAt(readJson(reply), "id"), { sha256, ...keptOf(reply) });
  }

  #acknowledge(id: string, reply: Reply, change: Partial<Acknowledged>): void {
    const known = this.#photos.get(id);
    if (known !== undefined) this.#photos.set(id, { ...known, ...change, ...keptOf(reply) });
  }
}

/** What a person remembers of a photo's record. */
function keptOf(reply: Reply): Pick<Acknowledged, "storagePath" | "version"> {
  const photo = readJson(reply);
  const version = isObject(photo) ? Number(photo["version"]) : 0;
  return { storagePath: textAt(photo, "storage_path"), version };
}
