import { describe, expect, test } from "vitest";
import { environments } from "../../environments/index.ts";
import { PhotoPlatformStack } from "../../stacks/photo-platform-stack.ts";
import { synthesise } from "./plan-json.ts";

/** By hand: what every environment's edge, events, registry and secrets say, whatever its size. */
describe.each(Object.values(environments))("$name", (environment) => {
  const stack = synthesise((app) => new PhotoPlatformStack(app, environment.name, environment));
  const { id, number } = environment.project;
  const reference = (path: string, attribute: string): string => `\${${stack.at(path).address}.${attribute}}`;

  test("the web firewall has OWASP's eight rule sets, then a rate of 3000 a minute for each address", () => {
    const rules = stack.at("edge/web-firewall/policy").fields["rule"] as {
      match: { expr?: { expression: string } };
      rate_limit_options?: unknown;
    }[];
    const named = rules.flatMap(({ match }) => match.expr?.expression.match(/Waf\('([^']+)'/)?.[1] ?? []);
    expect(named).toEqual(
      ["sqli", "xss", "lfi", "rfi", "rce", "scannerdetection", "protocolattack", "sessionfixation"].map(
        (one) => `${one}-v33-stable`,
      ),
    );
    expect(rules.flatMap(({ rate_limit_options: options }) => options ?? [])).toEqual([
      {
        conform_action: "allow",
        exceed_action: "deny(429)",
        enforce_on_key: "IP",
        rate_limit_threshold: { count: 3000, interval_sec: 60 },
      },
    ]);
    expect(stack.at("edge/web/service").fields["security_policy"]).toBe(
      reference("edge/web-firewall/policy", "id"),
    );
  });

  test("every bucket at the edge has the edge's policy, and only private media is signed", () => {
    expect(stack.at("edge/bucket-firewall/policy").fields["type"]).toBe("CLOUD_ARMOR_EDGE");
    const backends = stack.ofType("google_compute_backend_bucket");
    for (const { fields } of backends) {
      expect(fields).toMatchObject({
        enable_cdn: true,
        edge_security_policy: reference("edge/bucket-firewall/policy", "id"),
      });
      expect(fields["custom_response_headers"]).toContain("X-Content-Type-Options: nosniff");
    }
    const signed = backends.filter(({ fields }) => JSON.stringify(fields).includes("signed_url_cache"));
    expect(signed.map(({ path }) => path).toSorted()).toEqual([
      "edge/derivatives/backend",
      "edge/originals/backend",
    ]);
    // A sandbox would block the page's workers.
    expect(stack.at("edge/assets/backend").fields["custom_response_headers"]).toEqual([
      "X-Content-Type-Options: nosniff",
    ]);
  });

  test("command lines come by the clients of the facts", () => {
    expect(stack.at("edge/clients").fields).toMatchObject({
      name: `projects/${number}/iap_web/compute/services/${reference("edge/web/service", "name")}`,
      access_settings: {
        oauth_settings: { programmatic_clients: [`${number}-example.apps.googleusercontent.com`] },
      },
    });
  });

  test.each(["uploads", "catalog"])(
    "what happens to %s is pushed to the worker, signed, at most ten times",
    (topic) => {
      const audience = `https://${environment.domain}/events`;
      expect(stack.at(`events/push-${topic}/subscription`).fields).toMatchObject({
        topic: reference(`events/${topic}/topic`, "id"),
        ack_deadline_seconds: 300,
        expiration_policy: { ttl: "" },
        dead_letter_policy: {
          dead_letter_topic: reference("events/dead/letters/topic", "id"),
          max_delivery_attempts: 10,
        },
        push_config: {
          push_endpoint: `${reference("service/worker/service", "uri")}/events/${topic}`,
          oidc_token: {
            audience,
            service_account_email: `imgstream-events@${id}.iam.gserviceaccount.com`,
          },
        },
      });
      expect(stack.at("service/worker/service").fields["custom_audiences"]).toEqual([audience]);
    },
  );

  test("dead letters are kept for 31 days, and only objects that wait for the worker are told of", () => {
    expect(stack.at("events/dead/kept").fields).toMatchObject({
      message_retention_duration: `${31 * 86_400}s`,
      expiration_policy: { ttl: "" },
    });
    expect(stack.at("events/uploaded").fields).toMatchObject({
      event_types: ["OBJECT_FINALIZE"],
      object_name_prefix: "temp/processing/",
    });
  });

  test("what is published becomes rows of a table by day, without a word that says who or where", () => {
    const { schema, time_partitioning: partitioning } = stack.at("events/warehouse/table").fields as {
      schema: string;
      time_partitioning: unknown;
    };
    expect(partitioning).toEqual({ type: "DAY", field: "publish_time" });
    const columns = (JSON.parse(schema) as { name: string }[]).map(({ name }) => name);
    const ofPubsub = "subscription_name message_id publish_time attributes";
    expect(columns.join(" ")).toBe(`${ofPubsub} user_id seq part at kind photo_id bytes format`);
  });

  test("the registry's tags cannot move, and its clean-up takes only what has none", () => {
    expect(stack.at("contents/registry/repository").fields).toMatchObject({
      docker_config: { immutable_tags: true },
      cleanup_policies: [
        { action: "DELETE", condition: { tag_state: "UNTAGGED", older_than: `${30 * 86_400}s` } },
      ],
      lifecycle: { prevent_destroy: environment.deletionProtection },
    });
  });

  test("secrets are containers: versions are numbers, and whoever reads one is named", () => {
    const readers = stack
      .ofType("google_secret_manager_secret_iam_member")
      .map(
        ({ path, fields }) =>
          `${path.split("/")[1]} ${String(fields["member"]).replace(/.*imgstream-(\w+)@.*/, "$1")}`,
      )
      .filter((reader) => /^(identity|media)-key/.test(reader));
    expect(readers.toSorted()).toEqual([
      "identity-key maintenance",
      "identity-key web",
      "identity-key worker",
      "media-key deployer",
      "media-key web",
    ]);
    expect(stack.json).not.toContain('"version":"latest"');
  });
});
