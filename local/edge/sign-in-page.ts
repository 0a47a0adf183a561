import type { ServerResponse } from "node:http";
import { escapeHtml, sendPage } from "./html.ts";

export interface SignInQuestion {
  /** Where the form goes. */
  readonly action: string;
  /** Path on this host to go to afterwards. */
  readonly next: string;
  readonly recent: readonly string[];
  /** What was typed and is not an address. */
  readonly refused?: string;
}

/** Asks who signs in: by typing, or by choosing somebody who did lately. */
export function sendSignInPage(response: ServerResponse, question: SignInQuestion): void {
  const { action, next, recent, refused } = question;
  const hidden = `<input type="hidden" name="next" value="${escapeHtml(next)}">`;
  const people = recent
    .map(
      (email) =>
        `<button class="person" name="email" value="${escapeHtml(email)}">${escapeHtml(email)}</button>`,
    )
    .join("");
  sendPage(response, {
    status: refused === undefined ? 200 : 422,
    title: "Sign in to ImgStream",
    body: `<h1>Sign in</h1><p>to continue to ImgStream</p>
<form method="post" action="${escapeHtml(action)}">${hidden}
<label for="email">E-mail or name</label>
<input id="email" name="email" type="text" inputmode="email" autocomplete="email" autocapitalize="none" spellcheck="false" required autofocus placeholder="anna@example.com" value="${escapeHtml(refused ?? "")}"${refused === undefined ? "" : ` aria-invalid="true" aria-describedby="refused"`}>
${refused === undefined ? "" : `<p id="refused" role="alert">That is no e-mail address. A name such as “anna” will do as well.</p>`}
<button class="primary">Sign in</button></form>
${people === "" ? "" : `<form method="post" action="${escapeHtml(action)}">${hidden}<h2>Lately on this machine</h2>${people}</form>`}
<small>On this machine there is no password. In the cloud, Google's sign-in stands here.</small>`,
  });
}
