import type { Rule } from "../rule.ts";

/** Every alert reaches somebody. */
export const alertChannel: Rule = {
  id: "alert-channel",
  reason: "An incident that notifies nobody is found by the people who suffer from it.",
  remedy: "Name at least one google_monitoring_notification_channel in notification_channels.",
  *findBreaches(stack) {
    for (const at of stack.resources("google_monitoring_alert_policy")) {
      if (!at.has("notification_channels")) yield { at, what: "notification_channels is empty" };
      if (at.isFalse("enabled")) yield { at, what: "enabled is false" };
    }
  },
};
