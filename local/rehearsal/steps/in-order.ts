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
import { wayBack } from "./way-back.ts";

/** One person's, whose gallery nobody else changes. */
const ofOnePerson: Course = [personsPath, browserPath, mediaPath, resumedUpload];

/** A colleague's, about what is pushed to the worker; and what concerns nobody's photos. */
const ofAColleague: Course = [heicUpload, catalogEvents, deadLetters, firewall, closedDoors];

/** What is done with what is deployed, from outside. Maintenance would make up for what the colleague waits for: it comes after. */
const usedByPeople: Course = [{ sideBySide: [ofOnePerson, ofAColleague] }, schedules, sharedLimits];

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
export const courseWithoutTerraform: Course = [declaredBootstrap, declaredDeploy, ...usedByPeople];
