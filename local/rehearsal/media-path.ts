import { textAt } from "../google-apis/engine/json.ts";
import { makePicture } from "./picture.ts";
import { expectStatus, readJson } from "./reply-check.ts";
import { colleague, person, type Stage } from "./stage.ts";

/** For everything at the domain and an hour, by a key that is not known. */
function forgedCookie(domain: string): string {
  const prefix = Buffer.from(`https://${domain}/`).toString("base64url");
  const expires = Math.floor(Date.now() / 1000) + 3600;
  const signature = Buffer.alloc(20).toString("base64url");
  return `Cloud-CDN-Cookie=URLPrefix=${prefix}:Expires=${expires}:KeyName=media-v1:Signature=${signature}=`;
}

/** The page's cookies admit to the person's own photos at the edge, and to nobody else's. */
export async function walkMediaPath(stage: Stage): Promise<string> {
  const visitor = stage.visitor();
  await visitor.signIn(person);
  const page = await visitor.ask("GET", "/", { headers: { accept: "text/html" } });
  expectStatus(stage, "opening the page", page, 200);
  const uploaded = await visitor.upload(await makePicture(), "at-the-edge.jpg");
  expectStatus(stage, "uploading", uploaded, 201);
  const photo = readJson(uploaded);
  const paths = ["storage_path", "preview_path", "thumbnail_path"].map((name) => `/${textAt(photo, name)}`);
  const other = stage.visitor();
  await other.signIn(colleague);
  await other.ask("GET", "/", { headers: { accept: "text/html" } });
  for (const path of paths) {
    const own = await visitor.ask("GET", path);
    expectStatus(stage, `${path} with the person's own cookie`, own, 200);
    if (own.headers.via !== "1.1 google") throw new Error(`${path} did not come from the edge`);
    expectStatus(stage, `${path} with a colleague's cookie`, await other.ask("GET", path), 403);
    expectStatus(stage, `${path} without a cookie`, await stage.visitor().ask("GET", path), 403);
  }
  const [original = ""] = paths;
  const headers = { cookie: forgedCookie(stage.facts.domain) };
  expectStatus(
    stage,
    `${original} with a forged cookie`,
    await stage.visitor().ask("GET", original, { headers }),
    403,
  );
  return `original, preview and thumbnail come from the edge under ${person}'s own cookie; ${colleague}'s, a forged one and none are refused`;
}
