import { walkPersonsPath } from "../persons-path.ts";
import type { Step } from "./step.ts";

export const personsPath: Step = {
  title: "A person signs in, uploads, looks and deletes",
  run: walkPersonsPath,
};
