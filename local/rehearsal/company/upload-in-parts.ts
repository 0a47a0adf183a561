import { createHash } from "node:crypto";
import { isObject, shown, textAt } from "../../google-apis/engine/json.ts";
import { readJson } from "../reply-check.ts";
import { askForUpload, partBytes, sendPart, sessionIn, type UploadSession } from "../upload-session.ts";
import type { Visitor } from "../visitor.ts";
import type { WorkLog } from "./work-log.ts";

/** A file that goes to the store part by part, for as long as somebody likes. */
export class UploadInParts {
  readonly sha256: string;
  readonly #bytes: Buffer;
  readonly #visitor: Visitor;
  readonly #log: WorkLog;
  #session: UploadSession = { id: "", address: "", headers: {} };
  #sent = 0;

  private constructor(bytes: Buffer, visitor: Visitor, log: WorkLog) {
    this.#bytes = bytes;
    this.#visitor = visitor;
    this.#log = log;
    this.sha256 = createHash("sha256").update(bytes).digest("hex");
  }

  /** Opens the upload, and sends the first part. */
  static async begin(bytes: Buffer, visitor: Visitor, log: WorkLog): Promise<UploadInParts> {
    const upload = new UploadInParts(bytes, visitor, log);
    await upload.#open();
    await upload.#sendPart(308);
    return upload;
  }

  /** Sends one part more, if it is not the last, and asks the app how far the upload came. */
  async goOn(): Promise<void> {
    if (this.#sent + partBytes < this.#bytes.length) await this.#sendPart(308);
    const reply = await this.#log.note("questions how far", 200, () =>
      this.#visitor.ask("GET", `/v1/uploads/${this.#session.id}`),
    );
    if (reply === undefined) return;
    const said = readJson(reply);
    const offset = isObject(said) ? said["offset"] : undefined;
    if (offset !== this.#sent)
      this.#log.failed.push(`of ${this.#sent} bytes that were sent in parts, ${shown(offset)} arrived`);
  }

  /** Sends the rest. @returns the photo's id; undefined where it did not become one */
  async finish(): Promise<string | undefined> {
    while (this.#sent < this.#bytes.length) {
      const isLast = this.#sent + partBytes >= this.#bytes.length;
      if (!(await this.#sendPart(isLast ? 200 : 308))) return undefined;
    }
    const completed = await this.#log.note("completions", 201, () =>
      this.#visitor.ask("POST", `/v1/uploads/${this.#session.id}/complete`),
    );
    return completed === undefined ? undefined : textAt(readJson(completed), "id");
  }

  async #open(): Promise<void> {
    const reply = await this.#log.note("uploads", 201, () =>
      askForUpload(this.#visitor, "across.jpg", this.#bytes),
    );
    if (reply !== undefined) this.#session = sessionIn(reply);
  }

  async #sendPart(expected: number): Promise<boolean> {
    const first = this.#sent;
    const end = Math.min(first + partBytes, this.#bytes.length);
    const reply = await this.#log.note("parts", expected, () =>
      sendPart(this.#visitor, this.#session, this.#bytes, first, end),
    );
    if (reply !== undefined) this.#sent = end;
    return reply !== undefined;
  }
}
