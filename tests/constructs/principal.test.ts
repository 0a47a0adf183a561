import { expect, test } from "vitest";
import { existingServiceAccount, memberPrincipal } from "../../constructs/principal.ts";

test("a member's id can stand in a construct's id", () => {
  expect(memberPrincipal("group:photos@example.com")).toEqual({
    id: "group-photos-example-com",
    member: "group:photos@example.com",
  });
});

test.each(["allUsers", "allAuthenticatedUsers"])("%s is nobody to grant to", (everyone) => {
  expect(() => memberPrincipal(everyone)).toThrow(
    `A principal must not be everyone, got '${everyone}': name a group, a domain or an account`,
  );
});

test("an account of another stack is named by its literal address", () => {
  expect(existingServiceAccount("web", "photos-web", "acme")).toEqual({
    id: "web",
    email: "photos-web@acme.iam.gserviceaccount.com",
    member: "serviceAccount:photos-web@acme.iam.gserviceaccount.com",
  });
});
