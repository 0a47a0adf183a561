import { Construct } from "constructs";
import { objectPrefixes } from "../../app/runtime-contract.ts";
import { BucketCopy } from "../../constructs/bucket-copy.ts";
import type { BucketPlacement } from "../../constructs/bucket-placement.ts";
import { PrivateBucket } from "../../constructs/private-bucket.ts";
import { makeSecretVersion } from "../../constructs/secret-version-step.ts";
import { Secret } from "../../constructs/secret.ts";
import type { SecretVersion } from "../../constructs/secret.ts";
import { storageTransferAgent } from "../../constructs/service-agents.ts";
import type { Environment } from "../../environments/index.ts";
import { accountOf } from "../accounts.ts";

/** What people cannot get back, and what lies beside it. Each bucket is what one kind of reader may read. */
export class Data extends Construct {
  /** Originals and derivatives; the edge reads it for signed requests. */
  readonly media: PrivateBucket;
  /** Catalogs and identities; nobody reads it but the app. */
  readonly records: PrivateBucket;
  /** What is on its way; gone after two days. */
  readonly uploads: PrivateBucket;
  /** The hashed files of the page; everybody's. */
  readonly assets: PrivateBucket;
  /** Stripped copies that people published; only where the environment allows it. */
  readonly shares?: PrivateBucket;
  /** The second copy of the records, where the environment keeps one. */
  readonly recordsCopy?: PrivateBucket;
  readonly identityKey: SecretVersion;
  readonly mediaKey: SecretVersion;
  /** For so many days what was deleted from media or records can be brought back somewhere. */
  readonly deletedKeptDays: number;

  constructor(scope: Construct, id: string, environment: Environment) {
    super(scope, id);
    const { project, storage, secretVersions, deletionProtection, retire } = environment;
    const protection = { deletionProtection, emptyOnDestroy: retire };
    const kept = {
      placement: placementOf(environment),
      keepVersionsDays: storage.keepVersionsDays,
      softDeleteDays: storage.softDeleteDays,
      ...protection,
    };
    const unkept = {
      placement: { kind: "region", region: environment.regions[0] },
      keepVersionsDays: 0,
      softDeleteDays: 0,
      ...protection,
    } as const;

    this.media = new PrivateBucket(this, "media", {
      name: `${project.id}-media`,
      ...kept,
      // Thumbnails and previews stay where reading is cheap.
      ageing: { prefixes: [objectPrefixes.originals], afterDays: 90, storageClass: "NEARLINE" },
    });
    this.records = new PrivateBucket(this, "records", { name: `${project.id}-records`, ...kept });
    this.uploads = new PrivateBucket(this, "uploads", {
      name: `${project.id}-uploads`,
      ...unkept,
      deleteAfterDays: 2,
    });
    this.assets = new PrivateBucket(this, "assets", {
      name: `${project.id}-assets`,
      ...unkept,
      // Open pages, older revisions and the way back need files of older versions.
      deleteRetiredAfterDays: 90,
    });
    if (environment.publicShares) {
      this.shares = new PrivateBucket(this, "shares", {
        name: `${project.id}-shares`,
        ...unkept,
        deleteAfterDays: 31,
      });
    }
    if (storage.copyRecords) {
      const copy = new BucketCopy(this, "records-copy", {
        source: this.records,
        transferAgent: storageTransferAgent(project.number),
        // Who closes an account, or deletes a photo for good, is told by when the last copy is gone.
        keepsDeleted: false,
        copy: {
          name: `${project.id}-records-copy`,
          ...kept,
          placement: { kind: "region", region: copyRegion(environment) },
        },
      });
      this.recordsCopy = copy.bucket;
      copy.bucket.grantRead(accountOf("maintenance", environment));
    }

    // The copy follows a day later; a lifecycle may take a day to act, and soft deletion begins only then.
    this.deletedKeptDays =
      storage.keepVersionsDays + 1 + storage.softDeleteDays + (storage.copyRecords ? 1 : 0);

    const identityKey = new Secret(this, "identity-key", {
      name: "imgstream-identity-key",
      deletionProtection,
    });
    const mediaKey = new Secret(this, "media-key", { name: "imgstream-media-key", deletionProtection });
    for (const role of ["web", "worker", "maintenance"] as const) {
      const account = accountOf(role, environment);
      for (const bucket of [this.media, this.records, this.uploads, this.shares])
        bucket?.grantReadWrite(account);
      identityKey.grantRead(account);
    }
    mediaKey.grantRead(accountOf("web", environment));
    // The apply gives the edge the same key, as whoever deploys.
    mediaKey.grantRead(accountOf("deployer", environment));
    this.identityKey = makeSecretVersion(identityKey, {
      projectId: project.id,
      version: secretVersions.identityKey,
    });
    this.mediaKey = makeSecretVersion(mediaKey, {
      projectId: project.id,
      version: secretVersions.mediaKey,
      bytes: 16,
    });
  }

  /** What a service must wait for, to be able to read and write. */
  get grants(): readonly PrivateBucket["grants"][number][] {
    return [this.media, this.records, this.uploads, this.shares].flatMap((bucket) => bucket?.grants ?? []);
  }
}

function placementOf({ storage, regions }: Environment): BucketPlacement {
  return storage.placement.kind === "region" ? { kind: "region", region: regions[0] } : storage.placement;
}

/** The region where the app is not, if there is one. */
function copyRegion({ storage, regions }: Environment): string {
  return storage.placement.kind === "region" ? regions[0] : storage.placement.regions[1];
}
