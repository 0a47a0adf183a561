import type { OrganisationCommand } from "../../app/catalog/organisation-catalog.ts";
import type { Random } from "./random.ts";

/** Whatever may happen to the directory next: few people and few addresses, so that they fight for them. */
export function organisationCommand(random: Random, name: string): OrganisationCommand {
  const userId = `person-${random.whole(1, 4)}`;
  const dice = random.next();
  if (dice < 0.5) {
    const email = random.pick(["desk@example.com", "Desk@Example.com", "a@example.com", "ÄB@example.com"]);
    return { kind: "see-member", salt: "salt", userId, email, name: random.pick([name, null]) };
  }
  if (dice < 0.6) return { kind: "close-member", userId };
  if (dice < 0.72) {
    return { kind: "set-quota", userId, bytes: random.pick([null, random.whole(1, 9) * 1_000_000_000]) };
  }
  if (dice < 0.8) return { kind: "set-setting", name: "sharesAllowed", value: random.chance(0.5) };
  if (dice < 0.88) {
    const userIds = random.pick([[], [userId], [userId, "person-1", userId]]);
    return {
      kind: "set-flag",
      flag: { name: `flag-${random.whole(1, 2)}`, isEnabled: random.chance(0.5), userIds },
    };
  }
  if (dice < 0.94) return { kind: "remove-flag", name: `flag-${random.whole(1, 2)}` };
  const counts = { people: random.whole(0, 5), photos: random.whole(0, 100), bytes: random.whole(0, 1e12) };
  return { kind: "record-statistics", statistics: { day: `2026-11-2${random.whole(0, 9)}`, ...counts } };
}
