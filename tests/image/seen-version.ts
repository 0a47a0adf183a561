import type { ChildProcess } from "node:child_process";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { environments } from "../../environments/index.ts";
import { recipeFolders } from "../../image/recipe.ts";
import { PhotoPlatformStack } from "../../stacks/photo-platform-stack.ts";
import { synthesise } from "../stacks/plan-json.ts";
import { launchBrowser } from "../web/browser.ts";

interface Template {
  readonly labels: Record<string, string>;
  readonly containers: readonly { readonly env: readonly { name: string; value?: string }[] }[];
}

/** What an environment's stack, as synthesised, names the version: on the revision, to the program and as an output. */
export function readDeclaredVersion() {
  const stack = synthesise((app) => new PhotoPlatformStack(app, "production", environments.production));
  const service = stack.at("service/web-europe-west1/service").fields as { template: Template };
  const { labels, containers } = service.template;
  const { output } = JSON.parse(stack.json) as { output: Record<string, { value: string }> };
  return {
    label: labels["version"],
    variable: containers[0]?.env.find(({ name }) => name === "IMGSTREAM_VERSION")?.value ?? "",
    output: output["version"]?.value,
  };
}

/** Goes on reading what a program logs; each line names the version. */
export function collectLogVersions({ stdout }: ChildProcess): readonly unknown[] {
  const versions: unknown[] = [];
  if (stdout === null) throw new Error("Expected a program whose output is a pipe");
  createInterface(stdout).on("line", (line) => {
    versions.push((JSON.parse(line) as { version?: unknown }).version);
  });
  return versions;
}

/**
 * The words at the page's foot, as a browser shows them to a person who is signed in by these headers. The image keeps the
 * page without its assets: these come from the recipe of the image, as the load balancer has them from their bucket.
 */
export async function readFooter(
  origin: string,
  headers: Record<string, string>,
  recipeFolder: string,
): Promise<string> {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ extraHTTPHeaders: headers });
    await page.route("**/assets/*", (route) =>
      route.fulfill({
        path: join(recipeFolder, recipeFolders.pageAssets, basename(new URL(route.request().url()).pathname)),
      }),
    );
    await page.goto(origin);
    return await page.locator("footer").innerText();
  } finally {
    await browser.close();
  }
}
