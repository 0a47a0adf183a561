import type { JSX } from "preact";

/** Which version this is: what to name when something is reported. The server writes it into the page's head. */
export function Footer(): JSX.Element | null {
  const version = document.querySelector<HTMLMetaElement>('meta[name="version"]')?.content;
  return version === undefined ? null : <footer class="footer">ImgStream {version}</footer>;
}
