import { Construct } from "constructs";
import type { BucketPlacement } from "../../constructs/bucket-placement.ts";
import { PrivateBucket } from "../../constructs/private-bucket.ts";
import { Secret } from "../../constructs/secret.ts";
import type { Environment } from "../../environments/index.ts";
import { accountOf } from "../accounts.ts";

/** What people cannot get back: their photos, the records about them, and the secret that names their folders. */
export class Data extends Construct {
  readonly media: PrivateBucket;
  readonly records: PrivateBucket;
  readonly identityKey: Secret;

  constructor(scope: Construct, id: string, environment: Environment) {
    super(scope, id);
    const { project, storage, retire } = environment;
    const kept = {
      placement: placementOf(environment),
      keepVersionsDays: storage.keepVersionsDays,
      softDeleteDays: storage.softDeleteDays,
      deletionProtection: environment.deletionProtection,
      emptyOnDestroy: retire,
    };
    this.media = new PrivateBucket(this, "media", { name: `${project.id}-media`, ...kept });
    this.records = new PrivateBucket(this, "records", { name: `${project.id}-records`, ...kept });
    this.identityKey = new Secret(this, "identity-key", {
      name: "imgstream-identity-key",
      deletionProtection: environment.deletionProtection,
    });
    const web = accountOf("web", environment);
    this.media.grantReadWrite(web);
    this.records.grantReadWrite(web);
    this.identityKey.grantRead(web);
  }
}

function placementOf({ storage, regions }: Environment): BucketPlacement {
  return storage.placement.kind === "region" ? { kind: "region", region: regions[0] } : storage.placement;
}
