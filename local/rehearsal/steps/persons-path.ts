import { walkBrowserPath } from "../browser-path.ts";
import { walkPersonsPath } from "../persons-path.ts";
import type { Step } from "./step.ts";

export const personsPath: Step = {
  title: "A person signs in, uploads, looks and deletes, through the API",
  run: walkPersonsPath,
};

export const browserPath: Step = {
  title: "The same in a browser, at the declared domain",
  run: walkBrowserPath,
};
