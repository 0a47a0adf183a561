import { join } from "node:path";
import { containerPort, program, startVariables } from "../app/runtime-contract.ts";
import { readBaseChoice } from "../image/base-choice.ts";
import type { ImageSources } from "../image/image-sources.ts";
import { prepareImage } from "../image/prepare.ts";
import { recipeFolders } from "../image/recipe.ts";

/** What the photo service's image is made of. */
export const photoImageSources: ImageSources = {
  rootFolder: join(import.meta.dirname, ".."),
  name: "imgstream",
  license: "Apache-2.0",
  workspace: "app",
  ...program,
  base: readBaseChoice(),
  command: ["web"],
  environment: {
    NODE_ENV: "production",
    PAGE_FOLDER: `/${recipeFolders.page}`,
    ...startVariables,
  },
  port: containerPort,
};

/** The image of the sources as they lie here: one for all environments. Named at synthesis, made by the apply. */
export const photoImage = await prepareImage(photoImageSources);
