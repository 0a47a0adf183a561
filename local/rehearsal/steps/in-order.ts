import { bootstrap } from "./bootstrap.ts";
import { brokenVersion } from "./broken-version.ts";
import { changedFile } from "./changed-file.ts";
import { closedDoors } from "./closed-doors.ts";
import { contention } from "./contention.ts";
import { declaredBootstrap, declaredDeploy } from "./declared.ts";
import { deploy } from "./deploy.ts";
import { bootstrapAside, failedFirstDeploy, recovery } from "./failed-first-deploy.ts";
import { leaving } from "./leaving.ts";
import {
  browserPath,
  catalogEvents,
  deadLetters,
  firewall,
  heicUpload,
  mediaPath,
  personsPath,
  resumedUpload,
  schedules,
  sharedLimits,
} from "./persons-path.ts";
import { retiring } from "./retiring.ts";
import type { Course } from "../course.ts";
import { secondPlan } from "./second-plan.ts";
import type { Step } from "./step.ts";
import { wayBack } from "./way-back.ts";

/** What is done with what is deployed, from outside. */
const usedByPeople: readonly Step[] = [
  personsPath,
  browserPath,
  mediaPath,
  resumedUpload,
  heicUpload,
  catalogEvents,
  deadLetters,
  schedules,
  sharedLimits,
  closedDoors,
  firewall,
];

/** What a rehearsal with Terraform does, in order. While Terraform only looks, people use what is deployed. */
export const courseWithTerraform: Course = [
  bootstrap,
  deploy,
  { sideBySide: [[secondPlan], usedByPeople] },
  { sideBySide: [[changedFile], [contention]] },
  wayBack,
  retiring,
  leaving,
];

/** What it does meanwhile in an empty project of its own: all that has to do with what cannot start. */
export const courseAside: Course = [bootstrapAside, failedFirstDeploy, recovery, brokenVersion];

/** What it does where Terraform or the provider is not to be had: image, edge and app, as they are declared. */
export const stepsWithoutTerraform: readonly Step[] = [declaredBootstrap, declaredDeploy, ...usedByPeople];
