import { expect, test } from "vitest";
import { printedCommand } from "../../../local/rehearsal/steps/failed-first-deploy.ts";

test("the printed command is found inside the frame that Terraform draws around errors", () => {
  const command = "terraform -chdir=/tmp/a/stacks/dev untaint google_cloud_run_v2_service.web_1";
  const output = `Error: local-exec provisioner error\n│ before you deploy again, run\n│ \n│   ${command}\n│ \n╵`;
  expect(printedCommand(output)).toBe(command);
  expect(printedCommand("Error: run terraform untaint something")).toBeUndefined();
});
