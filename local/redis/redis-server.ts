import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endWithThisProcess } from "../rehearsal/end-with-this-process.ts";
import { CertificateAuthority } from "../cloud-run/certificate-authority.ts";
import { freePort } from "../free-port.ts";

/** Whether this machine has what Debian's package redis-server brings. */
export function hasRedisServer(): boolean {
  return spawnSync("redis-server", ["--version"]).status === 0;
}

export interface RedisServerOptions {
  readonly password?: string;
  readonly isEncrypted?: boolean;
  /** More of the server's own settings, such as `["--maxmemory", "1mb"]`. */
  readonly settings?: readonly string[];
}

/** A real server on this machine, in memory only, on a port of its own that stays the same over restarts. */
export class RedisServer {
  readonly port: number;
  readonly #folder: string;
  readonly #options: RedisServerOptions;
  readonly #authority: CertificateAuthority | undefined;
  readonly #changed = new Map<string, string>();
  #child: ChildProcess | undefined;

  private constructor(
    folder: string,
    port: number,
    options: RedisServerOptions,
    authority?: CertificateAuthority,
  ) {
    this.#folder = folder;
    this.port = port;
    this.#options = options;
    this.#authority = authority;
  }

  static async start(options: RedisServerOptions = {}): Promise<RedisServer> {
    const folder = await mkdtemp(join(tmpdir(), "imgstream-redis-"));
    const authority = options.isEncrypted === true ? await CertificateAuthority.create() : undefined;
    if (authority !== undefined) {
      // As Memorystore's: a name that nobody connects to.
      const { key, certificate } = await authority.issue("redis.internal");
      await writeFile(join(folder, "key.pem"), key);
      await writeFile(join(folder, "certificate.pem"), certificate);
    }
    const server = new RedisServer(folder, await freePort(), options, authority);
    await server.start();
    return server;
  }

  /** What a client needs to get in. */
  get address() {
    return {
      host: "127.0.0.1",
      port: this.port,
      password: this.#options.password,
      certificates: this.#authority?.certificate,
    } as const;
  }

  async start(): Promise<void> {
    const { password, isEncrypted = false, settings = [] } = this.#options;
    const ports = isEncrypted
      ? `--port 0 --tls-port ${this.port} --tls-auth-clients no --tls-cert-file certificate.pem --tls-key-file key.pem`
      : `--port ${this.port}`;
    const child = endWithThisProcess(
      spawn(
        "redis-server",
        [
          // Nothing is kept; an empty text is an argument here.
          ..."--bind 127.0.0.1 --appendonly no --save".split(" "),
          "",
          ...ports.split(" "),
          ...(password === undefined ? [] : ["--requirepass", password]),
          ...settings,
          ...[...this.#changed].flatMap(([setting, value]) => [`--${setting}`, value]),
        ],
        { cwd: this.#folder, stdio: ["ignore", "pipe", "pipe"] },
      ),
    );
    this.#child = child;
    let said = "";
    await new Promise<void>((resolve, reject) => {
      const hear = (chunk: Buffer) => {
        said += chunk.toString();
        if (said.includes("Ready to accept connections")) resolve();
      };
      child.stdout.on("data", hear);
      child.stderr.on("data", hear);
      child.once("error", reject);
      child.once("exit", (code) => reject(new Error(`redis-server ended with ${code}:\n${said}`)));
    });
  }

  /** As if it were there and said nothing any more. */
  freeze(): void {
    this.#child?.kill("SIGSTOP");
  }

  thaw(): void {
    this.#child?.kill("SIGCONT");
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
  }

  /** Changes settings of the server while it runs, and for its next start. */
  configure(settings: Readonly<Record<string, string>>): void {
    for (const [setting, value] of Object.entries(settings)) {
      this.#changed.set(setting, value);
      const said = this.ask("config", "set", setting, value);
      if (said !== "OK") throw new Error(`redis-server does not take ${setting} ${value}: ${said}`);
    }
  }

  /** What the server's own client prints. */
  ask(...words: readonly string[]): string {
    const { password, isEncrypted = false } = this.#options;
    const port = ["-p", `${this.port}`];
    const tls = isEncrypted ? ["--tls", "--insecure"] : [];
    const secret = password === undefined ? [] : ["--no-auth-warning", "-a", password];
    const { stdout, stderr } = spawnSync("redis-cli", [...port, ...tls, ...secret, ...words], {
      encoding: "utf8",
    });
    return `${stdout}${stderr}`.trim();
  }

  async close(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
