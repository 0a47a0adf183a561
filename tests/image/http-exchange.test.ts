import { createServer } from "node:http";
import { Readable } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import { exchange, readText } from "../../image/http-exchange.ts";
import { listenOnFreePort } from "../../local/free-port.ts";

test("what is refused before it has all arrived is not sent to its end", async () => {
  const mebibyte = 1 << 20;
  let opened = 0;
  const { promise: isBrokenOff, resolve: brokenOff } = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    request.socket.once("close", () => brokenOff());
    request.resume();
    response.writeHead(413).end("too large");
  });
  const port = await listenOnFreePort(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const parts = async function* () {
    for (; opened < 4096; opened++) {
      yield Buffer.alloc(mebibyte);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  const reply = await exchange({
    method: "PATCH",
    url: new URL(`http://127.0.0.1:${port}/`),
    body: { size: 4096 * mebibyte, open: () => Readable.from(parts(), { objectMode: false }) },
  });
  expect([reply.status, await readText(reply)]).toEqual([413, "too large"]);
  await isBrokenOff;
  expect(opened).toBeLessThan(4096);
});
