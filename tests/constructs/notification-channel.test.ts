import { expect, test } from "vitest";
import { MailChannel, existingChannel } from "../../constructs/notification-channel.ts";
import { synthesiseConstruct } from "./synthesise-construct.ts";

const channel = (address: string, displayName?: string) =>
  synthesiseConstruct(
    "google_monitoring_notification_channel",
    (stack) => new MailChannel(stack, "mail", { address, ...(displayName !== undefined && { displayName }) }),
  );

test("mail goes to the address, and is called by it unless told otherwise", () => {
  expect(channel("oncall@example.com")).toMatchObject({
    type: "email",
    display_name: "oncall@example.com",
    labels: { email_address: "oncall@example.com" },
  });
  expect(channel("oncall@example.com", "On call")).toMatchObject({ display_name: "On call" });
});

test.each(["oncall", "on call@example.com", "oncall@example"])("the address %j is refused", (address) => {
  expect(() => channel(address)).toThrow(
    `must be an e-mail address such as oncall@example.com, got '${address}'`,
  );
});

test("a channel made by hand is named, and a key in its place is refused", () => {
  const name = "projects/p/notificationChannels/123";
  expect(existingChannel(name)).toEqual({ name });
  expect(() => existingChannel("123")).toThrow(
    "named projects/PROJECT/notificationChannels/NUMBER, got '123'",
  );
});
