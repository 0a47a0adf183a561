import type { Rule } from "../rule.ts";

const imagePath: Readonly<Record<string, string>> = {
  google_cloud_run_v2_service: "template.containers.image",
  google_cloud_run_v2_job: "template.template.containers.image",
  google_cloud_run_v2_worker_pool: "template.containers.image",
};

/** A digest, or a tag other than `latest`; what Terraform only knows later is not judged. */
function isPinned(image: string): boolean {
  if (image.endsWith("}")) return true;
  const name = image.slice(image.lastIndexOf("/") + 1);
  if (name.includes("@")) return true;
  const [, tag] = name.split(":");
  return tag !== undefined && tag !== "latest";
}

/** The plan names the image that runs. */
export const floatingImage: Rule = {
  id: "floating-image",
  reason:
    "With a tag that moves the plan stays empty while the image changes, and an old commit no longer plans its old state.",
  remedy: "Name the image by digest, or by a tag made of its content in a registry with immutable tags.",
  *findBreaches(stack) {
    for (const at of stack.resources(...Object.keys(imagePath))) {
      for (const image of at.texts(imagePath[at.type] ?? "")) {
        if (!isPinned(image)) yield { at, what: `the image is ${image}` };
      }
    }
  },
};
