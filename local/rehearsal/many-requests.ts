import { connect } from "node:tls";
import type { VisitorOptions } from "./visitor.ts";

/** As many lie in the line at once; more would only wait in buffers. */
const atOnce = 200;

/**
 * Sends the same request without a cookie many times down one line, each before the last one is answered, as a program
 * does that means to ask as much as it can: far cheaper for this machine than as many single requests.
 *
 * @returns how often each status was answered
 * @throws Error where the line ends before all are answered
 */
export function askManyTimes(
  { host, port, trusted, from }: VisitorOptions,
  path: string,
  count: number,
): Promise<ReadonlyMap<number, number>> {
  const request = `GET ${path} HTTP/1.1\r\nhost: ${host}\r\nx-requested-with: XMLHttpRequest\r\n\r\n`;
  const statuses = new Map<number, number>();
  return new Promise((resolve, reject) => {
    let [sent, answered, rest] = [0, 0, ""];
    const socket = connect({
      host: "127.0.0.1",
      port,
      servername: host,
      ca: trusted,
      ...(from === undefined ? {} : { localAddress: from }),
    });
    const sendMore = (): void => {
      const more = Math.min(count - sent, atOnce);
      sent += more;
      socket.write(request.repeat(more));
    };
    socket.once("secureConnect", sendMore);
    socket.on("data", (part: Buffer) => {
      const text = rest + part.toString("latin1");
      // A status line may come in two parts: what could be the beginning of one is kept.
      const end = text.lastIndexOf("\n") + 1;
      rest = text.slice(end);
      for (const [, status] of text.slice(0, end).matchAll(/^HTTP\/1\.1 (\d{3}) /gm)) {
        statuses.set(Number(status), (statuses.get(Number(status)) ?? 0) + 1);
        answered += 1;
      }
      if (answered === count) {
        socket.destroy();
        resolve(statuses);
      } else if (answered === sent) sendMore();
    });
    socket.on("error", reject);
    socket.on("close", () => reject(new Error(`the line ended after ${answered} of ${count} answers`)));
  });
}
