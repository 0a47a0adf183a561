import type { Alert } from "./alert.ts";
import { burnRateAlerts } from "./alerts/burn-rates.ts";
import { cacheAlerts } from "./alerts/cache.ts";
import { capacityAlerts } from "./alerts/capacity.ts";
import { catalogAlerts } from "./alerts/catalog.ts";
import { errorAlerts } from "./alerts/errors.ts";
import { messageAlerts } from "./alerts/messages.ts";
import { reachabilityAlerts } from "./alerts/reachability.ts";
import { requestAlerts } from "./alerts/requests.ts";
import { storageAlerts } from "./alerts/storage.ts";
import type { Instruments, Watched } from "./watched.ts";

/** Every alert of one environment. Budgets, which Cloud Billing watches, are not among them. */
export function alertsOf(watched: Watched, instruments: Instruments): readonly Alert[] {
  return [
    ...requestAlerts(watched, instruments),
    ...burnRateAlerts(instruments),
    ...reachabilityAlerts(watched, instruments),
    ...capacityAlerts(watched),
    ...errorAlerts(watched, instruments),
    ...catalogAlerts(watched, instruments),
    ...storageAlerts(watched),
    ...messageAlerts(watched),
    ...cacheAlerts(watched, instruments),
  ];
}
