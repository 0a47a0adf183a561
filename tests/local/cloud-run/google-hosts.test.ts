import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { CertificateAuthority } from "../../../local/cloud-run/certificate-authority.ts";
import { answerForGoogleOnPort } from "../../../local/cloud-run/google-hosts.ts";
import { Visitor } from "../../../local/rehearsal/visitor.ts";
import { openStandIn } from "../google-apis/caller.ts";

test("an idle connection is kept as long as Google's fronts keep it, to a stand-in and where there is none", async () => {
  const authority = await CertificateAuthority.create();
  const { standIn } = await openStandIn();
  const google = await answerForGoogleOnPort(authority, (host) =>
    host === "storage.googleapis.com" ? standIn.origin : undefined,
  );
  const visitor = new Visitor({
    host: "photos.example.com",
    port: google.port,
    googlePort: google.port,
    trusted: authority.certificate,
  });
  try {
    const stored = await visitor.ask("GET", "https://storage.googleapis.com/storage/v1/b/none");
    const nowhere = await visitor.ask("GET", "https://photos.example.com/");
    expect([stored.status, nowhere.status]).toEqual([401, 502]);
    expect([stored.headers["keep-alive"], nowhere.headers["keep-alive"]]).toEqual([
      "timeout=610",
      "timeout=610",
    ]);
  } finally {
    await google.close();
    await standIn.close();
  }
});

test("who has connected and said nothing yet keeps nobody from closing", async () => {
  const authority = await CertificateAuthority.create();
  const google = await answerForGoogleOnPort(authority, () => undefined);
  const silent = connect(google.port, "127.0.0.1");
  await once(silent, "connect");
  await google.close();
  await expect.poll(() => silent.closed).toBe(true);
});
