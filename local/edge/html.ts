import { hash } from "node:crypto";
import type { ServerResponse } from "node:http";

/** Text as the content of an element or of an attribute in double quotes. */
export function escapeHtml(text: string): string {
  return text.replaceAll(
    /[&<>"']/g,
    (character) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" })[character] ?? "",
  );
}

const style = `
:root { color-scheme: light dark; --ground: #f6f5f2; --card: #fff; --ink: #1d1d1b; --soft: #63625c; --line: #dcdad3; --accent: #1f5f4f; --on-accent: #fff; }
@media (prefers-color-scheme: dark) { :root { --ground: #141513; --card: #1d1f1c; --ink: #efeee9; --soft: #a5a49c; --line: #363833; --accent: #8fd0ba; --on-accent: #10231d; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 24rem; padding: 2rem; background: var(--card); border: 1px solid var(--line); border-radius: 1rem; }
h1 { margin: 0 0 .25rem; font-size: 1.375rem; line-height: 1.25; font-weight: 650; letter-spacing: -.01em; }
p { margin: 0 0 1.25rem; color: var(--soft); }
label, h2 { display: block; margin: 0 0 .375rem; font-size: .875rem; font-weight: 600; }
h2 { margin-top: 1.75rem; }
input { width: 100%; padding: .625rem .75rem; font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--line); border-radius: .5rem; }
button { font: inherit; cursor: pointer; border-radius: .5rem; }
.primary { width: 100%; margin-top: .75rem; padding: .625rem; border: 0; background: var(--accent); color: var(--on-accent); font-weight: 600; }
.person { width: 100%; margin-top: .375rem; padding: .625rem .75rem; text-align: start; background: none; color: inherit; border: 1px solid var(--line); overflow-wrap: anywhere; }
.person:hover { border-color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
[role=alert] { color: inherit; border-inline-start: 3px solid #b3261e; padding-inline-start: .75rem; }
small { display: block; margin-top: 1.75rem; color: var(--soft); }
`;

const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${hash("sha256", style, "base64")}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

export interface EdgePage {
  readonly status: number;
  readonly title: string;
  /** HTML; what comes from people must have gone through `escapeHtml`. */
  readonly body: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

/** Answers with one of the edge's own pages: never cached, without script. */
export function sendPage(response: ServerResponse, page: EdgePage): void {
  response.writeHead(page.status, {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": contentSecurityPolicy,
    "x-content-type-options": "nosniff",
    // Not `no-referrer`: a browser would then send the form with `Origin: null`.
    "referrer-policy": "same-origin",
    ...page.headers,
  });
  response.end(
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">` +
      `<title>${escapeHtml(page.title)}</title><style>${style}</style></head><body><main>${page.body}</main></body></html>`,
  );
}
