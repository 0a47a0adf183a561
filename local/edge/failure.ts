import type { IncomingMessage, ServerResponse } from "node:http";
import { escapeHtml, sendPage } from "./html.ts";

/** What the edge says itself when the app cannot. */
const failures = {
  unavailable: {
    status: 503,
    title: "Just a moment",
    text: "The photo service is starting. This page tries again by itself.",
    headers: { "retry-after": "1", refresh: "1" },
  },
  "bad-gateway": {
    status: 502,
    title: "The photo service broke off",
    text: "It ended without an answer. The terminal of npm start says why.",
    headers: {},
  },
  timeout: {
    status: 504,
    title: "The photo service took too long",
    text: "It gave no answer in time. Please try again.",
    headers: {},
  },
  "too-large": {
    status: 413,
    title: "Too large",
    text: "One request may hold 32 MiB at most, as on Cloud Run.",
    headers: {},
  },
  misdirected: {
    status: 421,
    title: "Another address",
    text: "This edge answers under localhost only.",
    headers: {},
  },
} as const;

/** A page for people, a line of text for programs. What is still being sent is read and dropped. */
export function sendFailure(
  request: IncomingMessage,
  response: ServerResponse,
  failure: keyof typeof failures,
): void {
  request.unpipe();
  request.resume();
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { status, title, text, headers } = failures[failure];
  if ((request.headers.accept ?? "").includes("text/html")) {
    sendPage(response, {
      status,
      title,
      body: `<h1>${escapeHtml(title)}</h1><p role="status">${escapeHtml(text)}</p>`,
      headers,
    });
    return;
  }
  const { refresh: _refresh, ...others } = { refresh: "", ...headers };
  response.writeHead(status, {
    "content-type": "text/plain; charset=utf-8",
    "cache-control": "no-store",
    ...others,
  });
  response.end(`${text}\n`);
}
