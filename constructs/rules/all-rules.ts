import { backendFirewall } from "./edge/backend-firewall.ts";
import { cachePolicy } from "./edge/cache-policy.ts";
import { certificateReplacement } from "./edge/certificate-replacement.ts";
import { contentSniffing } from "./edge/content-sniffing.ts";
import { customerKeyBehindCdn } from "./edge/customer-key-behind-cdn.ts";
import { edgePolicy } from "./edge/edge-policy.ts";
import { fillGrantAfterKey } from "./edge/fill-grant-after-key.ts";
import { loadBalancerAgent } from "./edge/load-balancer-agent.ts";
import { oldTls } from "./edge/old-tls.ts";
import { plainHttp } from "./edge/plain-http.ts";
import { proxyAndCache } from "./edge/proxy-and-cache.ts";
import { serverlessBackend } from "./edge/serverless-backend.ts";
import { signingKeyInState } from "./edge/signing-key-in-state.ts";
import { authoritativeIam } from "./iam/authoritative-iam.ts";
import { federationCondition } from "./iam/federation-condition.ts";
import { federationEvent } from "./iam/federation-event.ts";
import { identityProxyBrand } from "./iam/identity-proxy-brand.ts";
import { invoker } from "./iam/invoker.ts";
import { primitiveRole } from "./iam/primitive-role.ts";
import { publicAccess } from "./iam/public-access.ts";
import { serviceAccountKey } from "./iam/service-account-key.ts";
import { workloadAccount } from "./iam/workload-account.ts";
import { deadLetter } from "./messaging/dead-letter.ts";
import { expiringSubscription } from "./messaging/expiring-subscription.ts";
import { notificationGrantFirst } from "./messaging/notification-grant-first.ts";
import { pushIdentity } from "./messaging/push-identity.ts";
import { alertChannel } from "./monitoring/alert-channel.ts";
import { alertRunbook } from "./monitoring/alert-runbook.ts";
import { alertSeverity } from "./monitoring/alert-severity.ts";
import { logMatchAlert } from "./monitoring/log-match-alert.ts";
import { metricValidation } from "./monitoring/metric-validation.ts";
import { queryLanguage } from "./monitoring/query-language.ts";
import { uptimeCheck } from "./monitoring/uptime-check.ts";
import { apiStaysEnabled } from "./plan/api-stays-enabled.ts";
import { budgetProjectNumber } from "./plan/budget-project-number.ts";
import { labels } from "./plan/labels.ts";
import { networkDataSource } from "./plan/network-data-source.ts";
import { programOutsideStack } from "./plan/program-outside-stack.ts";
import { randomValue } from "./plan/random-value.ts";
import { waitingByClock } from "./plan/waiting-by-clock.ts";
import type { Rule } from "./rule.ts";
import { betaField } from "./run/beta-field.ts";
import { explicitDeletionProtection } from "./run/explicit-deletion-protection.ts";
import { floatingImage } from "./run/floating-image.ts";
import { mountedBucket } from "./run/mounted-bucket.ts";
import { openIngress } from "./run/open-ingress.ts";
import { revisionName } from "./run/revision-name.ts";
import { serviceScaling } from "./run/service-scaling.ts";
import { latestSecret } from "./secrets/latest-secret.ts";
import { secretGrantFirst } from "./secrets/secret-grant-first.ts";
import { secretInEnvironment } from "./secrets/secret-in-environment.ts";
import { secretValue } from "./secrets/secret-value.ts";
import { bucketPublicAccessPrevention } from "./storage/bucket-public-access-prevention.ts";
import { bucketUniformAccess } from "./storage/bucket-uniform-access.ts";
import { deletionProtection } from "./storage/deletion-protection.ts";
import { emptiedOnDestroy } from "./storage/emptied-on-destroy.ts";
import { immutableTags } from "./storage/immutable-tags.ts";
import { openCache } from "./storage/open-cache.ts";

/** The rules by what they are about, in the order in which they are run and reported. */
export const rulesBySubject = {
  "Who may do what": [
    publicAccess,
    authoritativeIam,
    primitiveRole,
    serviceAccountKey,
    workloadAccount,
    invoker,
    federationCondition,
    federationEvent,
    identityProxyBrand,
  ],
  "What holds data": [
    bucketPublicAccessPrevention,
    bucketUniformAccess,
    deletionProtection,
    emptiedOnDestroy,
    immutableTags,
    openCache,
  ],
  Secrets: [secretValue, secretInEnvironment, latestSecret, secretGrantFirst, signingKeyInState],
  "The edge": [
    loadBalancerAgent,
    fillGrantAfterKey,
    backendFirewall,
    edgePolicy,
    plainHttp,
    oldTls,
    certificateReplacement,
    proxyAndCache,
    cachePolicy,
    serverlessBackend,
    customerKeyBehindCdn,
    contentSniffing,
  ],
  "What runs": [
    openIngress,
    floatingImage,
    serviceScaling,
    revisionName,
    explicitDeletionProtection,
    betaField,
    mountedBucket,
  ],
  Messages: [pushIdentity, deadLetter, expiringSubscription, notificationGrantFirst],
  Alerts: [
    alertRunbook,
    alertChannel,
    alertSeverity,
    logMatchAlert,
    metricValidation,
    queryLanguage,
    uptimeCheck,
  ],
  "What makes a plan lie": [
    labels,
    networkDataSource,
    apiStaysEnabled,
    budgetProjectNumber,
    randomValue,
    programOutsideStack,
    waitingByClock,
  ],
} as const satisfies Readonly<Record<string, readonly Rule[]>>;

/** Every rule of the pack. */
export const allRules: readonly Rule[] = Object.values(rulesBySubject).flat();
