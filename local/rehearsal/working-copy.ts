import { execFile, execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const root = join(import.meta.dirname, "../..");

/** A copy of this checkout, as it stands, that a rehearsal may change and commit to. */
export class WorkingCopy {
  readonly folder: string;

  /** @param folder does not exist yet */
  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
    for (const file of this.#sources()) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      cpSync(join(root, file), join(folder, file));
    }
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    this.#git("init", "--quiet", "--initial-branch=main");
    this.commit("Rehearse this checkout");
  }

  read(file: string): string {
    return readFileSync(join(this.folder, file), "utf8");
  }

  /** Changes one file. @throws Error where nothing of it changes */
  edit(file: string, change: (text: string) => string): void {
    const before = this.read(file);
    const after = change(before);
    if (after === before)
      throw new Error(`the rehearsal wanted to change ${file}, and nothing there is as it expects`);
    writeFileSync(join(this.folder, file), after);
  }

  commit(message: string): string {
    this.#git("add", "--all");
    this.#git("commit", "--quiet", "--allow-empty", `--message=${message}`);
    return this.#git("rev-parse", "HEAD").trim();
  }

  checkOut(commit: string): void {
    this.#git("checkout", "--quiet", "--force", commit);
  }

  /** Writes the stacks below `outdir`. Not synchronously: this process answers whoever asks meanwhile. @throws Error with what it said */
  async synthesise(outdir: string): Promise<void> {
    mkdirSync(dirname(outdir), { recursive: true });
    const env = { ...process.env, CDKTF_OUTDIR: outdir };
    await promisify(execFile)(process.execPath, ["stacks/main.ts"], { cwd: this.folder, env });
  }

  #sources(): string[] {
    const listed = execFileSync(
      "git",
      ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"],
      {
        cwd: root,
        encoding: "utf8",
        maxBuffer: 64 * 1024 * 1024,
      },
    );
    const deleted = execFileSync("git", ["ls-files", "-z", "--deleted"], {
      cwd: root,
      encoding: "utf8",
    }).split("\0");
    return listed.split("\0").filter((file) => file !== "" && !deleted.includes(file));
  }

  #git(...words: string[]): string {
    const who = [
      "-c",
      "user.name=Rehearsal",
      "-c",
      "user.email=rehearsal@example.com",
      "-c",
      "core.excludesFile=",
    ];
    return execFileSync("git", [...who, ...words], {
      cwd: this.folder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  }
}
