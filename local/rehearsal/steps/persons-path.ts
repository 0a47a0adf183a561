import { walkBrowserPath } from "../browser-path.ts";
import { walkCatalogEvents } from "../catalog-path.ts";
import { walkFirewall } from "../firewall-path.ts";
import { walkHeicUpload } from "../heic-path.ts";
import { walkLetters } from "../letters-path.ts";
import { walkMediaPath } from "../media-path.ts";
import { walkPersonsPath } from "../persons-path.ts";
import { walkPurge } from "../purge-path.ts";
import { walkRedis } from "../redis-path.ts";
import { walkResumedUpload } from "../upload-path.ts";
import { isDeclared } from "../declaration.ts";
import type { Step } from "./step.ts";

export const personsPath: Step = {
  title: "A person signs in, uploads, looks and deletes, through the API",
  run: walkPersonsPath,
};

export const browserPath: Step = {
  title: "The same in a browser, at the declared domain, and a file in parts",
  run: walkBrowserPath,
};

export const mediaPath: Step = {
  title: "Photos come from the edge, each under its owner's signature",
  run: walkMediaPath,
};

export const resumedUpload: Step = {
  title: "An upload in parts, straight to the store, is taken up again",
  run: walkResumedUpload,
};

export const heicUpload: Step = {
  title: "A HEIC photo: the store's event is pushed to the worker",
  run: walkHeicUpload,
};

export const sharedLimits: Step = {
  title: "Two instances count each person's requests together, and apart while Redis is gone",
  lacking: (stage) =>
    isDeclared(stage.outdir, stage.facts.environment, "google_redis_instance")
      ? undefined
      : "no Redis: each instance counts for itself",
  run: walkRedis,
};

export const schedules: Step = {
  title: "What is scheduled runs to its end, as the schedule's account; what is purged leaves the edge too",
  run: walkPurge,
};

export const catalogEvents: Step = {
  title: "What happens in a catalog is pushed to the worker and published",
  run: walkCatalogEvents,
};

export const firewall: Step = {
  title: "Who asks too much is refused at the edge, and others are not",
  run: walkFirewall,
};

export const deadLetters: Step = {
  title: "What could not be delivered is listed and replayed by the command line",
  run: walkLetters,
};
