import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { CertificateAuthority } from "../cloud-run/certificate-authority.ts";
import type { Sandbox } from "../cloud-run/container-spec.ts";
import { answerForGoogle, type GoogleHosts } from "../cloud-run/google-hosts.ts";
import { pullImage, type PulledImage } from "../cloud-run/image-pull.ts";
import { runJob } from "../cloud-run/job.ts";
import { canSandbox } from "../cloud-run/sandbox.ts";
import { ServiceTraffic } from "../cloud-run/service-traffic.ts";
import { type JsonObject, objectsAt, textAt } from "../google-apis/engine/json.ts";
import type { RedisEndpoint, Runtime } from "../google-apis/engine/runtime.ts";
import type { Resource } from "../google-apis/engine/state.ts";
import type { World } from "../google-apis/engine/world.ts";
import { containerSpec, imageSource, probeOf } from "./container-spec.ts";
import { RedisServers } from "./redis-servers.ts";
import { type MetadataServer, startMetadataServer } from "./metadata-server.ts";

export interface ContainersOptions {
  /** Where images are pulled from: `http://127.0.0.1:5000`. */
  readonly registry: string;
  /** For sockets: a short path. */
  readonly folder: string;
  /** For unpacked images. */
  readonly imagesFolder: string;
  readonly authority: CertificateAuthority;
  /** Which stand-in answers for a host of Google's; the metadata server is this class's own. */
  readonly standInOf: (host: string) => string | undefined;
}

/** Names that lead to the stand-ins inside a container. */
const googleHosts = [
  "storage.googleapis.com",
  "www.googleapis.com",
  "iamcredentials.googleapis.com",
  "pubsub.googleapis.com",
  "monitoring.googleapis.com",
  "logging.googleapis.com",
  "compute.googleapis.com",
  "secretmanager.googleapis.com",
  "cloudtrace.googleapis.com",
  "www.gstatic.com",
  "metadata.google.internal",
  "metadata",
];

/**
 * What a rehearsal adds to the declared environment, and Cloud Run does not: Google's libraries ask 169.254.169.254,
 * which no sandbox has, unless they are told the name; and Node trusts the rehearsal's authority only when told so.
 */
const rehearsalVariables = {
  GCE_METADATA_HOST: "metadata.google.internal",
  NODE_EXTRA_CA_CERTS: "/etc/ssl/certs/ca-certificates.crt",
};

/** Runs what the stand-in for Cloud Run is told to run: images from the registry, in sandboxes, behind their probes. */
export class Containers implements Runtime {
  /** Behind the instances of Memorystore. */
  readonly redis: RedisServers;
  readonly #options: ContainersOptions;
  readonly #traffic = new Map<string, ServiceTraffic>();
  readonly #doors = new Map<
    string,
    Promise<{ readonly sandbox: Sandbox; readonly close: () => Promise<void> }>
  >();
  readonly #images = new Map<string, Promise<PulledImage>>();
  readonly #logs = new Map<string, readonly string[]>();

  constructor(options: ContainersOptions) {
    this.#options = options;
    this.redis = new RedisServers(options.folder);
  }

  async startRevision(world: World, service: Resource, revision: Resource): Promise<void> {
    const image = await this.#pull(revision.body);
    const [container, ...others] = objectsAt(revision.body, "containers");
    const reference = textAt(container, "image");
    const pinned = `${reference.replace(/[:@][^/]*$/, "")}@${image.digest}`;
    const startupProbe = probeOf(revision.body, "startupProbe");
    const livenessProbe = probeOf(revision.body, "livenessProbe");
    const name = revision.name.split("/").at(-1) ?? "";
    const id = service.name.split("/").at(-1) ?? "";
    const traffic = this.#traffic.get(service.name) ?? new ServiceTraffic();
    this.#traffic.set(service.name, traffic);
    const spec = containerSpec(revision.body, image, await this.#sandbox(world, revision), world, {
      projectId: projectId(service),
      environment: { K_SERVICE: id, K_REVISION: name, K_CONFIGURATION: id, ...rehearsalVariables },
    });
    try {
      await traffic.rollOut({
        ...spec,
        name,
        ...(startupProbe === undefined ? {} : { startupProbe }),
        ...(livenessProbe === undefined ? {} : { livenessProbe }),
      });
    } catch (error) {
      if (error instanceof Error && "log" in error && Array.isArray(error.log))
        this.#logs.set(name, error.log.map(String));
      throw error;
    }
    revision.body = { ...revision.body, containers: [{ ...container, image: pinned }, ...others] };
  }

  async stopService(service: Resource): Promise<void> {
    await this.#traffic.get(service.name)?.stop();
    this.#traffic.delete(service.name);
  }

  async runJob(world: World, job: Resource, template: JsonObject): Promise<void> {
    const image = await this.#pull(template);
    const id = job.name.split("/").at(-1) ?? "";
    const spec = containerSpec(
      template,
      image,
      await this.#sandbox(world, { ...job, body: template }),
      world,
      {
        projectId: projectId(job),
        environment: {
          CLOUD_RUN_JOB: id,
          CLOUD_RUN_EXECUTION: `${id}-1`,
          CLOUD_RUN_TASK_INDEX: "0",
          CLOUD_RUN_TASK_COUNT: "1",
          ...rehearsalVariables,
        },
      },
    );
    const seconds = Number((textAt(template, "timeout") || "600s").replace(/s$/, ""));
    const { succeeded, attempts } = await runJob({
      ...spec,
      timeoutSeconds: seconds,
      maxRetries: Number(template["maxRetries"] ?? 3),
    });
    const lines = attempts.flatMap(({ log }) => log);
    this.#logs.set(id, lines);
    if (!succeeded)
      throw new Error(`${id} failed after ${attempts.length} attempts: ${lines.slice(-3).join(" ")}`);
  }

  async startRedis(instance: Resource, password: string | undefined): Promise<RedisEndpoint | undefined> {
    await mkdir(this.#options.folder, { recursive: true });
    return await this.redis.start(instance, password);
  }

  stopRedis(instance: Resource): Promise<void> {
    return this.redis.stop(instance);
  }

  /** Where a service answers now, by its whole name; undefined while nothing of it is ready. */
  originOf(service: string): string | undefined {
    return this.#traffic.get(service)?.origin;
  }

  /** Starts one more instance of what serves a service. Resolves to what stops it. */
  async scaleOut(service: string): Promise<() => Promise<void>> {
    const traffic = this.#traffic.get(service);
    if (traffic === undefined) throw new Error(`nothing serves ${service}`);
    return await traffic.scaleOut();
  }

  /** What each instance of a service wrote. */
  logsOf(service: string): readonly (readonly string[])[] {
    return this.#traffic.get(service)?.logs ?? [];
  }

  /** What a service's serving revision, or the named revision or job that failed, wrote. */
  logOf(name: string): readonly string[] {
    return this.#traffic.get(name)?.log ?? this.#logs.get(name) ?? [];
  }

  async close(): Promise<void> {
    for (const traffic of this.#traffic.values()) await traffic.stop();
    await this.redis.close();
    for (const door of this.#doors.values()) await (await door).close();
  }

  /** Roles of one image start together: it is pulled once, and again only after a failure. */
  #pull(template: JsonObject): Promise<PulledImage> {
    const [container] = objectsAt(template, "containers");
    const reference = textAt(container, "image");
    const known = this.#images.get(reference);
    if (known !== undefined) return known;
    const source = imageSource(reference, this.#options.registry);
    const pulled = pullImage(source, this.#options.imagesFolder);
    this.#images.set(reference, pulled);
    pulled.catch(() => this.#images.delete(reference));
    return pulled;
  }

  /** One way out for each account: its metadata server knows whom it speaks for. */
  async #sandbox(world: World, { body, name }: Resource): Promise<Sandbox> {
    if (!canSandbox()) return { kind: "process" };
    const account = textAt(body, "serviceAccount");
    const known = this.#doors.get(account) ?? this.#openDoor(world, account, name);
    this.#doors.set(account, known);
    const { sandbox } = await known;
    return sandbox.kind === "process"
      ? sandbox
      : { ...sandbox, egress: { ...sandbox.egress, ...this.redis.egress } };
  }

  async #openDoor(world: World, account: string, name: string) {
    const [, project = "", , region = ""] = name.split("/");
    const projectNumber = world.projects.find(project)?.projectNumber ?? "";
    const metadata: MetadataServer = await startMetadataServer(world, {
      projectId: project,
      projectNumber,
      region,
      account,
    });
    await mkdir(this.#options.folder, { recursive: true });
    const folder = await mkdtemp(join(this.#options.folder, "door-"));
    const google: GoogleHosts = await answerForGoogle(folder, this.#options.authority, (host) =>
      host.startsWith("metadata") ? metadata.origin : this.#options.standInOf(host),
    );
    const sandbox: Sandbox = {
      kind: "bubblewrap",
      egress: google.egress,
      hosts: googleHosts,
      trustedCertificate: this.#options.authority.certificate,
    };
    const close = async (): Promise<void> => {
      await google.close();
      await metadata.close();
      await rm(folder, { recursive: true, force: true });
    };
    return { sandbox, close };
  }
}

function projectId(resource: Resource): string {
  return resource.name.split("/")[1] ?? "";
}
