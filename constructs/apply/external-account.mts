import { readFileSync } from "node:fs";
import { field, postForm, postJson, property, requestJson } from "./json-request.mts";

/**
 * The token of a workload of another provider, such as GitHub Actions: its own token is exchanged, and then
 * impersonates the account where the credentials say so.
 * https://cloud.google.com/iam/docs/workload-identity-federation
 */
export async function readExternalToken(credentials: unknown, scope: string): Promise<string> {
  const exchanged = await postForm(new URL(field(credentials, "token_url")), {
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    requested_token_type: "urn:ietf:params:oauth:token-type:access_token",
    audience: field(credentials, "audience"),
    subject_token_type: field(credentials, "subject_token_type"),
    subject_token: await readSubjectToken(property(credentials, "credential_source")),
    scope,
  });
  const token = field(exchanged, "access_token");
  const impersonation = property(credentials, "service_account_impersonation_url");
  if (typeof impersonation !== "string") return token;
  return field(await postJson(new URL(impersonation), { scope: [scope] }, token), "accessToken");
}

async function readSubjectToken(source: unknown): Promise<string> {
  const file = property(source, "file");
  const url = property(source, "url");
  const format = property(source, "format");
  const isJson = property(format, "type") === "json";
  const fieldName = String(property(format, "subject_token_field_name"));
  const init = { headers: new Headers(Object.entries(property(source, "headers") ?? {})) };
  if (typeof file === "string") {
    const text = readFileSync(file, "utf8");
    return isJson ? field(JSON.parse(text), fieldName) : text;
  }
  if (typeof url === "string") {
    if (isJson) return field(await requestJson(new URL(url), init), fieldName);
    const reply = await fetch(url, init);
    if (!reply.ok)
      throw new Error(`The workload's token could not be read: ${reply.status} of ${new URL(url).host}`);
    return reply.text();
  }
  throw new Error(
    "Credentials of another provider must name a file or an address: a program or AWS is not known here",
  );
}
