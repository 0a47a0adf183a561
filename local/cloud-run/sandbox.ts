import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ContainerSpec, Sandbox } from "./container-spec.ts";
import type { RelayPlan } from "./namespace-relay.ts";

export interface CommandLine {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Where it starts; the sandbox has its own idea of that. */
  readonly folder?: string;
  /** The socket file through which its port is reached, if not by a loopback port. */
  readonly ingress?: string;
}

const relayFile = join(import.meta.dirname, "namespace-relay.ts");
const hostsFile = "etc/hosts";
/** Where Debian and distroless images keep what they trust, and where `SSL_CERT_FILE` of an image points to. */
const certificatesFile = "etc/ssl/certs/ca-certificates.crt";

/**
 * The outer sandbox is this machine with an empty network, in which the relay may take the ports of Google's
 * hosts; the inner one is the container. Neither needs to be root.
 */
const networkNamespace =
  "--unshare-user --unshare-net --uid 0 --gid 0 --cap-add CAP_NET_BIND_SERVICE --dev-bind / / --die-with-parent --".split(
    " ",
  );

/** True where bubblewrap is installed and the kernel lets it make the namespaces that a container needs. */
export function canSandbox(): boolean {
  const inner = "bwrap --unshare-all --share-net --ro-bind / / --proc /proc true".split(" ");
  return spawnSync("bwrap", [...networkNamespace, ...inner], { stdio: "ignore" }).status === 0;
}

export async function sandboxCommand(
  spec: ContainerSpec,
  sandbox: Sandbox & { readonly kind: "bubblewrap" },
  environment: Readonly<Record<string, string>>,
  folder: string,
): Promise<CommandLine> {
  const { image } = spec;
  const hosts = join(folder, "hosts");
  const certificates = join(folder, "certificates.pem");
  await writeFile(hosts, ["localhost", ...sandbox.hosts].map((host) => `127.0.0.1 ${host}\n`).join(""));
  await writeFile(certificates, sandbox.trustedCertificate);
  await ensureMountPoints(image.rootFolder);
  const plan: RelayPlan = {
    ingress: join(folder, "ingress.sock"),
    egress: sandbox.egress,
    containerPort: spec.port,
  };
  const [user, group = user] = numericUser(image.config.user);
  const workingFolder = image.config.workingFolder === "" ? "/" : image.config.workingFolder;
  const folders = ["--ro-bind", image.rootFolder, "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"];
  const files = ["--ro-bind", hosts, `/${hostsFile}`, "--ro-bind", certificates, `/${certificatesFile}`];
  const identity = ["--uid", user, "--gid", group, "--chdir", workingFolder];
  const variables = Object.entries(environment).flatMap(([name, value]) => ["--setenv", name, value]);
  const relay = [process.execPath, relayFile, JSON.stringify(plan)];
  const container = [
    "bwrap",
    "--unshare-all",
    "--share-net",
    "--die-with-parent",
    ...folders,
    ...files,
    ...identity,
  ];
  return {
    program: "bwrap",
    args: [...networkNamespace, ...relay, ...container, "--clearenv", ...variables, "--", ...commandOf(spec)],
    environment: { PATH: process.env["PATH"] ?? "/usr/bin:/bin" },
    ingress: plan.ingress,
  };
}

/** The unpacked files run where they lie: absolute paths of the image are sought below its folder. */
export function plainCommand(
  spec: ContainerSpec,
  environment: Readonly<Record<string, string>>,
): CommandLine {
  const root = spec.image.rootFolder;
  const place = (word: string) =>
    word.startsWith("/") && existsSync(join(root, word)) ? join(root, word) : word;
  const [program = "", ...args] = commandOf(spec).map(place);
  return { program, args, environment, folder: join(root, spec.image.config.workingFolder) };
}

/** https://cloud.google.com/run/docs/configuring/services/containers#configure-entrypoint */
function commandOf({ image, command = [], args = [] }: ContainerSpec): readonly string[] {
  const entrypoint = command.length > 0 ? command : image.config.entrypoint;
  const rest = args.length > 0 || command.length > 0 ? args : image.config.command;
  return [...entrypoint, ...rest];
}

/** Images name users by number, or by distroless's name; nobody is root here. */
function numericUser(user: string): [string, string?] {
  const [name = "", group] = user.split(":");
  const id = /^\d+$/.test(name) && name !== "0" ? name : "65532";
  return group !== undefined && /^\d+$/.test(group) ? [id, group] : [id];
}

/** The root is read-only by the time that something is put over a part of it, so the part must be there. */
async function ensureMountPoints(root: string): Promise<void> {
  for (const folder of ["proc", "dev", "tmp"]) await mkdir(join(root, folder), { recursive: true });
  for (const file of [hostsFile, certificatesFile]) {
    if (existsSync(join(root, file))) continue;
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), "");
  }
}
