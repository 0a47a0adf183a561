import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Role, objectPrefixes } from "../../app/runtime-contract.ts";
import { type BundledFile, bundlePage, writeBundle } from "../../image/bundle.ts";
import { stop as endBuilder } from "esbuild";
import { type Edge, startEdge } from "../edge/edge.ts";
import { startObjectEvents } from "../events/object-events.ts";
import { startLocalTopics } from "../events/topics.ts";
import { openDataFolder } from "./data-folder.ts";
import { KeptProcess } from "./kept-process.ts";
import { LogFile } from "./log-file.ts";
import { readLogLine } from "./log-line.ts";
import { MaintenanceTimer } from "./maintenance-timer.ts";
import type { RunnerOptions } from "./options.ts";
import { localAudience, localMediaKeyName, runtimeEnvironment } from "./runtime-environment.ts";

export interface Product {
  /** What people open. */
  readonly origin: string;
  /** Ends everything in good order. */
  readonly close: () => Promise<void>;
}

/**
 * Starts the whole product on this machine: page, edge, and the app in its roles, each as in the cloud.
 *
 * @throws PortTakenError, StartFailedError
 */
export async function startProduct(
  options: RunnerOptions & { readonly repository: string; readonly say: (text: string) => void },
): Promise<Product> {
  const { repository, say } = options;
  const data = await openDataFolder(options.dataFolder);
  const opened: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const closeOne of opened.splice(0).toReversed()) await closeOne();
  };

  const logOf = (role: Role): ((line: string) => void) => {
    const file = new LogFile(data.logFolder, role);
    opened.push(() => file.close());
    return (line) => {
      file.append(line);
      const { isWorthShowing, text } = readLogLine(line);
      if (isWorthShowing || options.isVerbose) say(`${role}: ${text}`);
    };
  };

  try {
    const kept = new Map<Role, KeptProcess>();
    // The edge first: a port that is taken is known at once, and people see that something is starting.
    const edge: Edge = await startEdge({
      port: options.port,
      appOrigin: () => kept.get("web")?.origin,
      pageFolder: data.pageFolder,
      media: {
        folder: data.mediaFolder,
        keys: new Map([[localMediaKeyName, Buffer.from(data.mediaKey, "base64url")]]),
      },
      folder: data.edgeFolder,
      audience: localAudience,
    });
    opened.push(edge.close);
    const page = await bundlePage({ rootFolder: repository, sourceFolder: join(repository, "app/web") });
    await writeBundle(page, data.pageFolder);
    // Nothing more is built: the builder's own process need not stay.
    await endBuilder();

    const events = await startObjectEvents({
      uploadsFolder: data.uploadsFolder,
      prefix: objectPrefixes.processing,
      workerOrigin: () => kept.get("worker")?.origin,
    });
    opened.push(events.close);
    const topics = await startLocalTopics({
      tokens: events.tokens,
      workerOrigin: () => kept.get("worker")?.origin,
      publishedFile: data.publishedFile,
    });
    opened.push(() => topics.close());

    const environment = runtimeEnvironment(data, edge, { ...events, ...topics }, process.env);
    const shared = { repository, environment, say };
    for (const role of ["web", "worker"] as const) {
      const one = new KeptProcess({ ...shared, role, onLine: logOf(role) });
      kept.set(role, one);
      opened.push(() => one.stop());
      await one.start();
    }
    await removeOldAssets(page, data.pageFolder);
    const maintenance = new MaintenanceTimer({ ...shared, onLine: logOf("maintenance") });
    opened.push(() => maintenance.stop());
    return { origin: edge.origin, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Files of earlier builds; only once this process holds the data folder. */
async function removeOldAssets(page: readonly BundledFile[], pageFolder: string): Promise<void> {
  const current = new Set(page.map(({ path }) => path));
  for (const name of await readdir(join(pageFolder, "assets"))) {
    if (!current.has(`assets/${name}`)) await rm(join(pageFolder, "assets", name), { force: true });
  }
}
