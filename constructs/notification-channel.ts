import { MonitoringNotificationChannel } from "@cdktf/provider-google/lib/monitoring-notification-channel/index.js";
import { Construct } from "constructs";

/** Where incidents are told, as `projects/PROJECT/notificationChannels/NUMBER`. */
export interface Channel {
  readonly name: string;
}

export interface MailChannelProps {
  /** Who is told, such as `oncall@example.com`. Cloud Monitoring asks nobody to confirm it. */
  readonly address: string;
  /** What incidents say they were sent to. @default the address */
  readonly displayName?: string;
}

/** Mail to one address. What needs a key of its own (a pager) is made by hand and named: `existingChannel`. */
export class MailChannel extends Construct implements Channel {
  readonly name: string;
  readonly channel: MonitoringNotificationChannel;

  constructor(scope: Construct, id: string, { address, displayName = address }: MailChannelProps) {
    super(scope, id);
    if (!/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(address)) {
      throw new Error(`'address' must be an e-mail address such as oncall@example.com, got '${address}'`);
    }
    this.channel = new MonitoringNotificationChannel(this, "channel", {
      type: "email",
      displayName,
      labels: { email_address: address },
      // Deleting it would otherwise wait until every policy that names it is gone.
      forceDelete: true,
    });
    this.name = this.channel.name;
  }
}

/**
 * A channel that was made by hand, since its key is a secret.
 *
 * @param name as `projects/PROJECT/notificationChannels/NUMBER`
 */
export function existingChannel(name: string): Channel {
  if (!/^projects\/[^/]+\/notificationChannels\/[^/]+$/.test(name)) {
    throw new Error(
      `A notification channel is named projects/PROJECT/notificationChannels/NUMBER, got '${name}': ` +
        "see gcloud beta monitoring channels list",
    );
  }
  return { name };
}
