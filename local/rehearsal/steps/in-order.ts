import { bootstrap } from "./bootstrap.ts";
import { brokenVersion } from "./broken-version.ts";
import { changedFile } from "./changed-file.ts";
import { closedDoors } from "./closed-doors.ts";
import { contention } from "./contention.ts";
import { declaredBootstrap, declaredDeploy } from "./declared.ts";
import { deploy } from "./deploy.ts";
import { failedFirstDeploy } from "./failed-first-deploy.ts";
import { leaving } from "./leaving.ts";
import {
  browserPath,
  catalogEvents,
  heicUpload,
  mediaPath,
  personsPath,
  resumedUpload,
  schedules,
  sharedLimits,
} from "./persons-path.ts";
import { retiring } from "./retiring.ts";
import { secondPlan } from "./second-plan.ts";
import type { Step } from "./step.ts";
import { wayBack } from "./way-back.ts";

/** What a rehearsal with Terraform does, in order. */
export const stepsWithTerraform: readonly Step[] = [
  bootstrap,
  deploy,
  secondPlan,
  personsPath,
  browserPath,
  mediaPath,
  resumedUpload,
  heicUpload,
  catalogEvents,
  schedules,
  sharedLimits,
  closedDoors,
  contention,
  changedFile,
  brokenVersion,
  wayBack,
  failedFirstDeploy,
  retiring,
  leaving,
];

/** What it does where Terraform or the provider is not to be had: image, edge and app, as they are declared. */
export const stepsWithoutTerraform: readonly Step[] = [
  declaredBootstrap,
  declaredDeploy,
  personsPath,
  browserPath,
  mediaPath,
  resumedUpload,
  heicUpload,
  catalogEvents,
  schedules,
  sharedLimits,
  closedDoors,
];
