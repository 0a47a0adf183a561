import { ComputeBackendBucket } from "@cdktf/provider-google/lib/compute-backend-bucket/index.js";
import {
  ComputeBackendService,
  type ComputeBackendServiceConfig,
} from "@cdktf/provider-google/lib/compute-backend-service/index.js";
import { ComputeManagedSslCertificate } from "@cdktf/provider-google/lib/compute-managed-ssl-certificate/index.js";
import { ComputeRegionNetworkEndpointGroup } from "@cdktf/provider-google/lib/compute-region-network-endpoint-group/index.js";
import { ComputeSecurityPolicy } from "@cdktf/provider-google/lib/compute-security-policy/index.js";
import { ComputeSslPolicy } from "@cdktf/provider-google/lib/compute-ssl-policy/index.js";
import { ComputeTargetHttpProxy } from "@cdktf/provider-google/lib/compute-target-http-proxy/index.js";
import { ComputeTargetHttpsProxy } from "@cdktf/provider-google/lib/compute-target-https-proxy/index.js";
import { ComputeUrlMap } from "@cdktf/provider-google/lib/compute-url-map/index.js";
import { StorageBucket } from "@cdktf/provider-google/lib/storage-bucket/index.js";
import type { TerraformStack } from "cdktf";
import { backendFirewall } from "../../../../constructs/rules/edge/backend-firewall.ts";
import { cachePolicy } from "../../../../constructs/rules/edge/cache-policy.ts";
import { certificateReplacement } from "../../../../constructs/rules/edge/certificate-replacement.ts";
import { contentSniffing } from "../../../../constructs/rules/edge/content-sniffing.ts";
import { customerKeyBehindCdn } from "../../../../constructs/rules/edge/customer-key-behind-cdn.ts";
import { edgePolicy } from "../../../../constructs/rules/edge/edge-policy.ts";
import { oldTls } from "../../../../constructs/rules/edge/old-tls.ts";
import { plainHttp } from "../../../../constructs/rules/edge/plain-http.ts";
import { proxyAndCache } from "../../../../constructs/rules/edge/proxy-and-cache.ts";
import { serverlessBackend } from "../../../../constructs/rules/edge/serverless-backend.ts";
import type { RuleCase } from "./rule-case.ts";

const redirect = { httpsRedirect: true, stripQuery: false };

function serverless(stack: TerraformStack, extra: Partial<ComputeBackendServiceConfig>): void {
  const group = new ComputeRegionNetworkEndpointGroup(stack, "group", {
    name: "web",
    region: "europe-west1",
    networkEndpointType: "SERVERLESS",
    cloudRun: { service: "web" },
  });
  new ComputeBackendService(stack, "it", { name: "web", backend: [{ group: group.id }], ...extra });
}

function keyBehindEdge(stack: TerraformStack, kmsKey: string | undefined): void {
  const encryption = kmsKey === undefined ? {} : { encryption: { defaultKmsKeyName: kmsKey } };
  const bucket = new StorageBucket(stack, "bucket", { name: "media", location: "EU", ...encryption });
  new ComputeBackendBucket(stack, "it", { name: "media", bucketName: bucket.name });
}

const edgeRule = (stack: TerraformStack, expression: string) =>
  new ComputeSecurityPolicy(stack, "it", {
    name: "edge",
    type: "CLOUD_ARMOR_EDGE",
    rule: [{ action: "deny(403)", priority: 1, match: { expr: { expression } } }],
  });

export const edge: readonly RuleCase[] = [
  {
    rule: backendFirewall,
    breaks: [
      {
        build: (stack) =>
          new ComputeBackendService(stack, "it", { name: "web", loadBalancingScheme: "EXTERNAL_MANAGED" }),
        says: ["google_compute_backend_service.it: security_policy is not set"],
      },
    ],
    keeps: (stack) => {
      const policy = new ComputeSecurityPolicy(stack, "policy", { name: "firewall" });
      new ComputeBackendService(stack, "it", { name: "web", securityPolicy: policy.id });
      new ComputeBackendService(stack, "inside", {
        name: "in",
        loadBalancingScheme: "INTERNAL_SELF_MANAGED",
      });
    },
  },
  {
    rule: edgePolicy,
    breaks: [
      {
        build: (stack) => edgeRule(stack, "evaluatePreconfiguredWaf('sqli-v33-stable')"),
        says: [
          `google_compute_security_policy.it: an edge rule has the expression "evaluatePreconfiguredWaf('sqli-v33-stable')"`,
        ],
      },
    ],
    keeps: (stack) => edgeRule(stack, "origin.region_code == 'AQ'"),
  },
  {
    rule: plainHttp,
    breaks: [
      {
        build: (stack) => {
          const map = new ComputeUrlMap(stack, "map", { name: "all", defaultService: "web" });
          new ComputeTargetHttpProxy(stack, "it", { name: "http", urlMap: map.id });
        },
        says: [
          'google_compute_target_http_proxy.it: url_map "${google_compute_url_map.map.id}" does more than redirect to HTTPS',
        ],
      },
    ],
    keeps: (stack) => {
      const map = new ComputeUrlMap(stack, "map", { name: "redirect", defaultUrlRedirect: redirect });
      new ComputeTargetHttpProxy(stack, "it", { name: "http", urlMap: map.id });
    },
  },
  {
    rule: oldTls,
    breaks: [
      {
        build: (stack) => {
          new ComputeTargetHttpsProxy(stack, "it", { name: "https", urlMap: "m" });
          new ComputeSslPolicy(stack, "policy", {
            name: "tls",
            minTlsVersion: "TLS_1_1",
            profile: "COMPATIBLE",
          });
        },
        says: [
          "google_compute_target_https_proxy.it: ssl_policy is not set",
          'google_compute_ssl_policy.policy: min_tls_version is "TLS_1_1"',
          'google_compute_ssl_policy.policy: profile is "COMPATIBLE"',
        ],
      },
    ],
    keeps: (stack) => {
      const policy = new ComputeSslPolicy(stack, "policy", {
        name: "tls",
        minTlsVersion: "TLS_1_2",
        profile: "MODERN",
      });
      new ComputeTargetHttpsProxy(stack, "it", { name: "https", urlMap: "m", sslPolicy: policy.id });
    },
  },
  {
    rule: certificateReplacement,
    breaks: [
      {
        build: (stack) =>
          new ComputeManagedSslCertificate(stack, "it", {
            name: "photos",
            managed: { domains: ["a.example.com"] },
          }),
        says: [
          "google_compute_managed_ssl_certificate.it: lifecycle.create_before_destroy is not true",
          'google_compute_managed_ssl_certificate.it: the name "photos" does not end with a hash of the domains',
        ],
      },
    ],
    keeps: (stack) =>
      new ComputeManagedSslCertificate(stack, "it", {
        name: "photos-1a2b3c4d",
        managed: { domains: ["a.example.com"] },
        lifecycle: { createBeforeDestroy: true },
      }),
  },
  {
    rule: proxyAndCache,
    breaks: [
      {
        build: (stack) =>
          new ComputeBackendService(stack, "it", { name: "web", enableCdn: true, iap: { enabled: true } }),
        says: ["google_compute_backend_service.it: iap.enabled and enable_cdn are both true"],
      },
    ],
    keeps: (stack) =>
      new ComputeBackendService(stack, "it", { name: "web", enableCdn: false, iap: { enabled: true } }),
  },
  {
    rule: cachePolicy,
    breaks: [
      {
        build: (stack) =>
          new ComputeBackendBucket(stack, "it", {
            name: "media",
            bucketName: "media",
            enableCdn: true,
            cdnPolicy: { negativeCaching: false },
          }),
        says: ["google_compute_backend_bucket.it: cdn_policy lacks request_coalescing, serve_while_stale"],
      },
    ],
    keeps: (stack) =>
      new ComputeBackendBucket(stack, "it", {
        name: "media",
        bucketName: "media",
        enableCdn: true,
        cdnPolicy: { negativeCaching: false, requestCoalescing: true, serveWhileStale: 0 },
      }),
  },
  {
    rule: serverlessBackend,
    breaks: [
      {
        build: (stack) => serverless(stack, { timeoutSec: 30, portName: "http" }),
        says: ["google_compute_backend_service.it: sets port_name, timeout_sec on a serverless backend"],
      },
      {
        build: (stack) => serverless(stack, { outlierDetection: { successRateMinimumHosts: 2 } }),
        says: [
          "google_compute_backend_service.it: sets outlier_detection.success_rate_minimum_hosts on a serverless backend",
        ],
      },
      {
        build: (stack) =>
          serverless(stack, { iap: { enabled: true }, outlierDetection: { consecutiveErrors: 5 } }),
        says: ["google_compute_backend_service.it: sets outlier_detection beside the identity-aware proxy"],
      },
    ],
    keeps: (stack) => serverless(stack, { outlierDetection: { consecutiveErrors: 5 } }),
  },
  {
    rule: contentSniffing,
    breaks: [
      {
        build: (stack) => new ComputeBackendBucket(stack, "it", { name: "media", bucketName: "media" }),
        says: ["google_compute_backend_bucket.it: custom_response_headers is not set"],
      },
      {
        build: (stack) =>
          new ComputeBackendBucket(stack, "it", {
            name: "media",
            bucketName: "media",
            customResponseHeaders: ["Content-Security-Policy: sandbox"],
          }),
        says: [
          'google_compute_backend_bucket.it: custom_response_headers is "Content-Security-Policy: sandbox"',
        ],
      },
    ],
    keeps: (stack) =>
      new ComputeBackendBucket(stack, "it", {
        name: "media",
        bucketName: "media",
        customResponseHeaders: ["X-Content-Type-Options: nosniff"],
      }),
  },
  {
    rule: customerKeyBehindCdn,
    breaks: [
      {
        build: (stack) => keyBehindEdge(stack, "projects/p/locations/eu/keyRings/r/cryptoKeys/k"),
        says: [
          "google_storage_bucket.bucket: has a customer-managed key, and google_compute_backend_bucket.it serves it",
        ],
      },
    ],
    keeps: (stack) => keyBehindEdge(stack, undefined),
  },
];
