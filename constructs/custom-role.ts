import { ProjectIamCustomRole } from "@cdktf/provider-google/lib/project-iam-custom-role/index.js";
import { ProjectIamMember } from "@cdktf/provider-google/lib/project-iam-member/index.js";
import { Construct } from "constructs";
import type { Principal } from "./principal.ts";

export interface CustomRoleProps {
  readonly projectId: string;
  /** Letters, digits, dots and underscores. A deleted role's id is blocked for weeks. */
  readonly roleId: string;
  readonly title: string;
  readonly permissions: readonly string[];
}

/** A role of exactly these permissions, where every predefined one would give more. */
export class CustomRole extends Construct {
  readonly role: ProjectIamCustomRole;
  private readonly projectId: string;

  constructor(scope: Construct, id: string, { projectId, roleId, title, permissions }: CustomRoleProps) {
    super(scope, id);
    this.projectId = projectId;
    this.role = new ProjectIamCustomRole(this, "role", { roleId, title, permissions: [...permissions] });
  }

  grantOnProject(who: Principal): ProjectIamMember {
    return new ProjectIamMember(this, `grant-${who.id}`, {
      project: this.projectId,
      role: this.role.id,
      member: who.member,
    });
  }
}
