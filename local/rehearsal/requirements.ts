import { spawnSync } from "node:child_process";
import { canSandbox } from "../cloud-run/sandbox.ts";
import { hasRedisServer } from "../redis/redis-server.ts";
import { findBrowser } from "./browser.ts";
import { CannotBegin } from "./cannot-begin.ts";
import { holdsProvider, providerFolder, providerVersion } from "./google-provider.ts";

/** One thing that a machine must have. */
export interface Requirement {
  readonly isMet: () => boolean;
  /** What is missing and what to do about it. */
  readonly remedy: string;
}

function runs(program: string, ...words: string[]): boolean {
  return spawnSync(program, words, { stdio: "ignore" }).status === 0;
}

export const forContainers: readonly Requirement[] = [
  {
    isMet: () => runs("docker-registry", "--version"),
    remedy: "docker-registry is not installed: apt-get install docker-registry",
  },
  { isMet: () => runs("bwrap", "--version"), remedy: "bwrap is not installed: apt-get install bubblewrap" },
  {
    isMet: canSandbox,
    remedy:
      "bwrap may make no user namespaces here: allow them (sysctl kernel.unprivileged_userns_clone=1, or run as root)",
  },
];

/** Where an environment declares Redis. */
export const forRedis: readonly Requirement[] = [
  { isMet: hasRedisServer, remedy: "redis-server is not installed: apt-get install redis-server" },
];

export const forBrowser: readonly Requirement[] = [
  {
    isMet: () => findBrowser() !== undefined,
    remedy: "there is no browser: apt-get install chromium",
  },
];

export const forTerraform: readonly Requirement[] = [
  {
    isMet: () => runs("terraform", "version"),
    remedy:
      "Terraform is not installed: install 1.11 (https://developer.hashicorp.com/terraform/install), or rehearse with --without-terraform",
  },
  {
    isMet: () => holdsProvider(providerFolder),
    remedy: `Google's provider ${providerVersion} is not in ${providerFolder}: run 'npm run synth' and 'terraform -chdir=cdktf.out/stacks/dev providers mirror ~/.terraform.d/plugins' where there is a network, or rehearse with --without-terraform`,
  },
];

/** @throws CannotBegin with the remedy of every one that is not met, on one line */
export function demand(requirements: readonly Requirement[]): void {
  const remedies = requirements.filter(({ isMet }) => !isMet()).map(({ remedy }) => remedy);
  if (remedies.length > 0) throw new CannotBegin(remedies.join("; "));
}
