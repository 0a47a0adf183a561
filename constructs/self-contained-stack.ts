import { TerraformStack } from "cdktf";

/**
 * A stack that refers to no other stack, and is therefore resolved once: what the rules check is what is written.
 * cdktf resolves every stack four times: once to find references to other stacks, once or twice more for whoever
 * asks, twice to write it. A reference to another stack would stay as it is, and Terraform refuses it as undeclared.
 */
export class SelfContainedStack extends TerraformStack {
  private resolved: unknown;

  override prepareStack(): void {
    this.resolved = undefined;
    this.ensureBackendExists();
  }

  /** Changes of the stack count until this is first asked during a synthesis: aspects have run by then. */
  override toTerraform(): unknown {
    this.resolved ??= super.toTerraform();
    return this.resolved;
  }
}
