/**
 * Watches while Terraform makes a Cloud Run service, until one revision of it was ready. Where the first one fails,
 * the provider keeps the service as tainted, and its deletion protection refuses the replacement that every later
 * plan then wants: this fails with the command that ends it. Given: SERVICE (`projects/P/locations/L/services/S`),
 * ADDRESS (of the service in Terraform's state), APPEARS_WITHIN and SETTLES_WITHIN (seconds).
 */
import { setTimeout as sleep } from "node:timers/promises";
import { connectToGoogle, isNotFound } from "./google.mts";
import { field, property } from "./json-request.mts";
import { shortName, whyNotReady } from "./revision.mts";
import { runProgram } from "./run-program.mts";

await runProgram(async (input, variables) => {
  const ask = await connectToGoogle(variables);
  const path = input("SERVICE");
  const name = shortName(path);
  const began = Date.now();
  const hasPassed = (variable: string): boolean => Date.now() - began > 1000 * Number(input(variable));
  const untaint = commandOf(input("ADDRESS"), variables);
  let isOurs = false;
  for (let pause = 500; ; pause = Math.min(2 * pause, 5_000)) {
    const service = await ask({ product: "run", path }).catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
    if (service === undefined) {
      if (hasPassed("APPEARS_WITHIN")) {
        throw new Error(
          `${name} is not there yet: where its own error is told beside this one, mend that. Deploy again`,
        );
      }
      isOurs = true;
    } else if (typeof property(service, "latestReadyRevision") === "string") {
      // An apply that was broken off leaves it tainted as well.
      return `${name}: ${shortName(field(service, "latestReadyRevision"))} is ready. Should Terraform plan to replace it, run\n\n  ${untaint}\n`;
    } else if (property(service, "reconciling") === true) {
      isOurs = true;
    } else if (isOurs || hasPassed("SETTLES_WITHIN")) {
      // What failed before this apply may be about to be changed by it; what fails under our eyes has failed.
      const created = shortName(field(service, "latestCreatedRevision"));
      throw new Error(
        `${name} never served: ${created} ${await whyNotReady(ask, service)}. Mend that. Terraform holds the service ` +
          "as tainted and plans to replace it, which its deletion protection refuses: before you deploy again, run\n\n" +
          `  ${untaint}\n`,
      );
    }
    await sleep(pause);
  }
});

/** For the folder that Terraform runs in, from wherever somebody types it. */
function commandOf(address: string, variables: Readonly<Record<string, string | undefined>>): string {
  const words = [
    variables["TERRAFORM_BINARY_NAME"] ?? "terraform",
    `-chdir=${process.cwd()}`,
    "untaint",
    address,
  ];
  return words
    .map((word) => (/^[\w./=-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`))
    .join(" ");
}
