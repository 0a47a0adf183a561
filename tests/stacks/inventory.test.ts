import { describe, expect, test } from "vitest";
import { environments } from "../../environments/index.ts";
import { PhotoPlatformStack } from "../../stacks/photo-platform-stack.ts";
import { synthesise } from "./plan-json.ts";

const stacks = Object.fromEntries(
  Object.values(environments).map((environment) => [
    environment.name,
    synthesise((app) => new PhotoPlatformStack(app, environment.name, environment)),
  ]),
);

function stackOf(name: string) {
  const stack = stacks[name];
  if (stack === undefined) throw new Error(`no stack ${name}`);
  return stack;
}

/** Counts of what the architecture names, by hand: every environment has them alike. */
const everywhere = {
  google_artifact_registry_repository: 1,
  google_cloud_run_v2_service: 2,
  google_cloud_run_v2_service_iam_member: 2,
  google_cloud_run_v2_job: 1,
  google_cloud_run_v2_job_iam_member: 1,
  google_cloud_scheduler_job: 2,
  google_compute_backend_bucket: 3,
  google_compute_backend_service: 1,
  google_compute_global_address: 1,
  google_compute_global_forwarding_rule: 2,
  google_compute_managed_ssl_certificate: 1,
  google_compute_network: 1,
  google_compute_region_network_endpoint_group: 1,
  google_compute_security_policy: 2,
  google_compute_ssl_policy: 1,
  google_compute_subnetwork: 1,
  google_compute_url_map: 2,
  google_iap_settings: 1,
  google_iap_web_backend_service_iam_member: 2,
  google_pubsub_topic: 4,
  google_pubsub_subscription: 4,
  google_bigquery_dataset: 1,
  google_bigquery_table: 1,
  google_storage_notification: 1,
};

/** The table of environments, by hand. Memory and CPU of one container, instances per region. */
const table = {
  dev: {
    web: { cpu: "1", memory: "512Mi", min: 0, max: 5 },
    worker: { cpu: "1", memory: "2Gi", min: 0, max: 2 },
    maintenance: { cpu: "1", memory: "1Gi" },
    location: { location: "EUROPE-WEST1" },
    versionDays: 7,
    softDeleteDays: 7,
    buckets: 4,
    redis: undefined,
    isProtected: false,
    domain: "photos.dev.example.com",
  },
  staging: {
    web: { cpu: "1", memory: "1Gi", min: 1, max: 20 },
    worker: { cpu: "1", memory: "2Gi", min: 0, max: 5 },
    maintenance: { cpu: "1", memory: "1Gi" },
    location: { location: "EUROPE-WEST1" },
    versionDays: 14,
    softDeleteDays: 14,
    buckets: 4,
    redis: { tier: "BASIC", memory_size_gb: 1 },
    isProtected: true,
    domain: "photos.staging.example.com",
  },
  production: {
    web: { cpu: "2", memory: "2Gi", min: 1, max: 100 },
    worker: { cpu: "2", memory: "2Gi", min: 0, max: 20 },
    maintenance: { cpu: "1", memory: "2Gi" },
    location: {
      location: "EU",
      custom_placement_config: { data_locations: ["EUROPE-WEST1", "EUROPE-NORTH1"] },
    },
    versionDays: 30,
    softDeleteDays: 30,
    buckets: 5,
    redis: { tier: "STANDARD_HA", memory_size_gb: 5 },
    isProtected: true,
    domain: "photos.example.com",
  },
};

describe.each(Object.entries(table))("%s", (name, row) => {
  const stack = stackOf(name);

  test("has every box of the architecture", () => {
    const counts = Object.fromEntries(
      Object.keys(everywhere).map((type) => [type, stack.ofType(type).length]),
    );
    expect(counts).toEqual(everywhere);
    expect(stack.ofType("google_storage_bucket")).toHaveLength(row.buckets);
  });

  test.each(["web", "worker"] as const)("%s has its size and its way in", (role) => {
    const service = stack.at(
      role === "web" ? "service/web-europe-west1/service" : "service/worker/service",
    ).fields;
    expect(service).toMatchObject({
      name: `imgstream-${role}`,
      location: "europe-west1",
      ingress: role === "web" ? "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER" : "INGRESS_TRAFFIC_INTERNAL_ONLY",
      deletion_protection: row.isProtected,
      scaling: { min_instance_count: 0 },
      template: {
        service_account: `imgstream-${role}@imgstream-${name}.iam.gserviceaccount.com`,
        timeout: "300s",
        max_instance_request_concurrency: role === "web" ? 100 : 4,
        session_affinity: role === "web",
        scaling: { min_instance_count: row[role].min, max_instance_count: row[role].max },
        containers: [
          {
            args: [role],
            resources: { limits: { cpu: row[role].cpu, memory: row[role].memory } },
            startup_probe: { http_get: { path: "/health/ready", port: 8080 } },
            liveness_probe: { http_get: { path: "/health/live", port: 8080 } },
          },
        ],
        vpc_access: { egress: "PRIVATE_RANGES_ONLY" },
      },
    });
    expect(service).not.toHaveProperty("template.revision");
  });

  test("maintenance has its size", () => {
    expect(stack.at("service/maintenance/job").fields).toMatchObject({
      deletion_protection: row.isProtected,
      template: {
        template: {
          containers: [
            { resources: { limits: { cpu: row.maintenance.cpu, memory: row.maintenance.memory } } },
          ],
        },
      },
    });
  });

  test("maintenance alone is told whose caches to empty: those of the URL map that is declared", () => {
    const told = stack.resources.filter(({ fields }) => JSON.stringify(fields).includes('"EDGE_URL_MAP"'));
    expect(told).toEqual([stack.at("service/maintenance/job")]);
    const value = stack.at("edge/load-balancer/url-map").fields["name"];
    expect(JSON.stringify(stack.at("service/maintenance/job").fields)).toContain(
      JSON.stringify({ name: "EDGE_URL_MAP", value }),
    );
  });

  test("the clock starts maintenance as the image takes it: its role, and nothing more", () => {
    const { schedule, http_target: target } = stack.at("events/run-maintenance").fields as {
      schedule: string;
      http_target: { uri: string; body: string };
    };
    expect(schedule).toBe("*/10 * * * *");
    expect(target.uri).toMatch(/\/jobs\/imgstream-maintenance:run$/);
    expect(JSON.parse(Buffer.from(target.body, "base64").toString())).toEqual({
      overrides: { containerOverrides: [{ args: ["maintenance"] }] },
    });
  });

  test("everything is reconciled once a night", () => {
    const { schedule, http_target: target } = stack.at("events/run-reconcile").fields as {
      schedule: string;
      http_target: { body: string };
    };
    expect(schedule).toBe("20 3 * * *");
    expect(JSON.parse(Buffer.from(target.body, "base64").toString())).toEqual({
      overrides: { containerOverrides: [{ args: ["maintenance", "reconcile"] }] },
    });
  });

  test("keeps media and records where and as long as the table says", () => {
    for (const path of ["data/media/bucket", "data/records/bucket"]) {
      expect(stack.at(path).fields).toMatchObject({
        ...row.location,
        versioning: { enabled: true },
        soft_delete_policy: { retention_duration_seconds: row.softDeleteDays * 86_400 },
        lifecycle: { prevent_destroy: row.isProtected },
      });
      expect(stack.at(path).fields["lifecycle_rule"]).toContainEqual({
        action: { type: "Delete" },
        condition: { days_since_noncurrent_time: row.versionDays, with_state: "ARCHIVED" },
      });
    }
  });

  test("every bucket is private, and what is on its way is gone after two days", () => {
    for (const { fields } of stack.ofType("google_storage_bucket")) {
      expect(fields).toMatchObject({
        public_access_prevention: "enforced",
        uniform_bucket_level_access: true,
      });
    }
    expect(stack.at("data/uploads/bucket").fields).toMatchObject({
      versioning: { enabled: false },
      soft_delete_policy: { retention_duration_seconds: 0 },
    });
    expect(stack.at("data/uploads/bucket").fields["lifecycle_rule"]).toContainEqual({
      action: { type: "Delete" },
      condition: { age: 2, with_state: "ANY" },
    });
  });

  test("has the Redis of the table", () => {
    const found = stack.ofType("google_redis_instance").map(({ fields }) => fields);
    expect(found).toMatchObject(
      row.redis
        ? [{ ...row.redis, auth_enabled: true, transit_encryption_mode: "SERVER_AUTHENTICATION" }]
        : [],
    );
  });

  test("web alone is told of Redis: its address, who signs for it, and its password by a secret", () => {
    const told = stack.resources.filter(({ fields }) => JSON.stringify(fields).includes('"REDIS_URL"'));
    expect(told.map(({ path }) => path)).toEqual(row.redis ? ["service/web-europe-west1/service"] : []);
    const secrets = stack
      .ofType("google_secret_manager_secret")
      .map(({ fields }) => String(fields["secret_id"]));
    expect(secrets.toSorted()).toEqual([
      "imgstream-identity-key",
      "imgstream-media-key",
      ...(row.redis ? ["imgstream-redis-password"] : []),
    ]);
    if (!row.redis) return;
    const { template } = stack.at("service/web-europe-west1/service").fields as {
      template: { containers: { env: { name: string }[] }[] };
    };
    const variables = template.containers[0]?.env.filter(({ name: variable }) =>
      variable.startsWith("REDIS_"),
    );
    const instance = "google_redis_instance.redis_instance_237315B3";
    expect(variables).toEqual([
      { name: "REDIS_CERTIFICATES", value: `\${join("\\n", ${instance}.server_ca_certs.*.cert)}` },
      {
        name: "REDIS_PASSWORD",
        value_source: {
          secret_key_ref: {
            secret: expect.stringMatching(
              /^\$\{google_secret_manager_secret\.redis-access_password_.+\.secret_id\}$/,
            ),
            version: "1",
          },
        },
      },
      { name: "REDIS_URL", value: `rediss://\${${instance}.host}:\${${instance}.port}` },
    ]);
    const readers = stack
      .ofType("google_secret_manager_secret_iam_member")
      .filter(({ path }) => path.startsWith("redis-access/"))
      .map(({ fields }) => fields["member"]);
    expect(readers).toEqual([`serviceAccount:imgstream-web@imgstream-${name}.iam.gserviceaccount.com`]);
  });

  test("only Identity-Aware Proxy invokes web, and only the push account the worker", () => {
    const invokers = stack
      .ofType("google_cloud_run_v2_service_iam_member")
      .map(({ path, fields }) => `${path} ${String(fields["member"])}`);
    const number = environments[name as keyof typeof environments].project.number;
    expect(invokers.toSorted()).toEqual([
      `service/web-europe-west1/invoke-iap-agent serviceAccount:service-${number}@gcp-sa-iap.iam.gserviceaccount.com`,
      `service/worker/invoke-events serviceAccount:imgstream-events@imgstream-${name}.iam.gserviceaccount.com`,
    ]);
  });

  test("asks everyone to sign in, with Google's own client", () => {
    const backend = stack.at("edge/web/service").fields;
    expect(backend).toMatchObject({ iap: { enabled: true }, load_balancing_scheme: "EXTERNAL_MANAGED" });
    expect(backend).not.toHaveProperty("timeout_sec");
    expect(backend).not.toHaveProperty("port_name");
    expect(backend).not.toHaveProperty("health_checks");
    const members = stack
      .ofType("google_iap_web_backend_service_iam_member")
      .map(({ fields }) => String(fields["member"]));
    expect(members.toSorted()).toEqual([
      "group:photos@example.com",
      `serviceAccount:imgstream-maintenance@imgstream-${name}.iam.gserviceaccount.com`,
    ]);
  });

  test("serves TLS 1.2 and newer at its domain, and only redirects plain HTTP", () => {
    expect(stack.at("edge/load-balancer/tls").fields).toMatchObject({
      min_tls_version: "TLS_1_2",
      profile: "MODERN",
    });
    expect(stack.at("edge/load-balancer/certificate").fields).toMatchObject({
      managed: { domains: [row.domain] },
      lifecycle: { create_before_destroy: true },
    });
    expect(stack.at("edge/load-balancer/redirect/url-map").fields).toMatchObject({
      default_url_redirect: { https_redirect: true, strip_query: false },
    });
  });

  test("sends each path to what owns it", () => {
    const reference = (path: string): string => `\${${stack.at(path).address}.id}`;
    expect(stack.at("edge/load-balancer/url-map").fields).toMatchObject({
      default_service: reference("edge/web/service"),
      host_rule: [{ hosts: [row.domain], path_matcher: "paths" }],
      path_matcher: [
        {
          default_service: reference("edge/web/service"),
          path_rule: [
            { paths: ["/v1/events"], service: reference("edge/web/service") },
            { paths: ["/assets/*"], service: reference("edge/assets/backend") },
            { paths: ["/photos/*"], service: reference("edge/originals/backend") },
            { paths: ["/previews/*", "/thumbnails/*"], service: reference("edge/derivatives/backend") },
          ],
        },
      ],
    });
  });

  test("the edge reads media only for signed requests", () => {
    const readers = stack
      .ofType("google_storage_bucket_iam_member")
      .filter(
        ({ path, fields }) =>
          path.startsWith("data/media/") && fields["role"] === "roles/storage.objectViewer",
      )
      .map(({ fields }) => String(fields["member"]));
    expect(readers).toEqual([expect.stringContaining("@cloud-cdn-fill.iam.gserviceaccount.com")]);
    expect(stack.at("edge/originals/backend").fields).toMatchObject({
      cdn_policy: {
        cache_mode: "USE_ORIGIN_HEADERS",
        negative_caching: false,
        request_coalescing: true,
        serve_while_stale: 0,
        signed_url_cache_max_age_sec: 3600,
      },
      custom_response_headers: [
        "X-Content-Type-Options: nosniff",
        "Content-Security-Policy: sandbox",
        "Content-Disposition: attachment",
      ],
    });
  });

  test("the web firewall refuses attacks in preview, limits the rate and lets files up", () => {
    const rules = stack.at("edge/web-firewall/policy").fields["rule"] as {
      priority: number;
      action: string;
      preview?: boolean;
      match: { expr?: { expression: string } };
    }[];
    expect(rules.map(({ action }) => action)).toEqual([
      ...Array<string>(8).fill("deny(403)"),
      "throttle",
      "allow",
    ]);
    const attacks = rules.filter(({ match }) => match.expr !== undefined);
    expect(attacks.every(({ preview }) => preview === true)).toBe(true);
    expect(attacks[0]?.match.expr?.expression).toBe(
      "!(request.method == 'POST' && request.path.matches('^(/v1/photos)$')) && evaluatePreconfiguredWaf('sqli-v33-stable', {'sensitivity': 1})",
    );
  });

  test("everything that can carry labels carries the environment's", () => {
    const labelled = stack.resources.filter(({ fields }) => "labels" in fields);
    expect(labelled.length).toBeGreaterThan(15);
    for (const { fields } of labelled) {
      expect(fields["labels"]).toMatchObject({
        application: "imgstream",
        environment: name,
        "managed-by": "terraform",
      });
    }
  });
});

test.each(Object.keys(table))("%s has no open door", (name) => {
  const { json, resources } = stackOf(name);
  expect(json).not.toMatch(/allUsers|allAuthenticatedUsers|roles\/(owner|editor|viewer)"/);
  const types = new Set(resources.map(({ type }) => type));
  expect(
    [...types].filter((type) =>
      /_iam_(binding|policy)$|service_account_key|secret_version|signed_url_key/.test(type),
    ),
  ).toEqual([]);
});
