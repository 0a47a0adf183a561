/**
 * Has Google make its own accounts in a project before anything is granted to them: it makes most of them only
 * when a product is first used. Given: PROJECT, SERVICES (`iap.googleapis.com,pubsub.googleapis.com`).
 */
import { awaitOperation, connectToGoogle } from "./google.mts";
import { field, property } from "./json-request.mts";
import { runProgram } from "./run-program.mts";

await runProgram(async (input, variables) => {
  const project = input("PROJECT");
  const services = input("SERVICES").split(",");
  const ask = await connectToGoogle(variables);
  for (const service of services) {
    if (service === "storage.googleapis.com") {
      await ask({ product: "storage", path: `projects/${project}/serviceAccount` });
    } else if (service === "storagetransfer.googleapis.com") {
      await ask({ product: "storageTransfer", path: `googleServiceAccounts/${project}` });
    } else {
      const operation = await ask({
        product: "serviceUsage",
        version: "v1beta1",
        method: "POST",
        path: `projects/${project}/services/${service}:generateServiceIdentity`,
      });
      await awaitOperation(async () =>
        property(operation, "done") === true
          ? operation
          : ask({ product: "serviceUsage", path: field(operation, "name") }),
      );
    }
  }
  return `${project} has the accounts of ${services.join(", ")}`;
});
