/** The construct id of a role's grant: `project-run-admin` for `roles/run.admin`. */
export function grantId(prefix: string, role: string): string {
  const name = role.slice(role.lastIndexOf("/") + 1);
  return `${prefix}-${name.replaceAll(/[^A-Za-z0-9]+/g, "-")}`;
}
