import { type IncomingMessage, createServer, request as ask } from "node:http";
import { onTestFinished } from "vitest";
import { listenOnFreePort } from "../../local/free-port.ts";

/** What goes wrong before a real registry; nothing means that the request goes through. */
export type FrontFault =
  /** Answers itself, and the registry hears nothing of it. */
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  /** Lets so many bytes of the body through, at least one, then both connections break. */
  | { readonly cutAfterBytes: number }
  /** Lets everything through, and changes this header of the reply. */
  | { readonly header: string; readonly value: string }
  | undefined;

export interface FaultyFront {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** `METHOD part-of-the-API`, such as `PATCH uploads`, in the order of their coming. */
  readonly seen: string[];
}

/** Stands before a registry on this machine until the test ends, and goes wrong on demand. */
export async function startFaultyFront(
  registry: string,
  faultOf: (call: string, request: IncomingMessage, earlier: number) => FrontFault,
): Promise<FaultyFront> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    const part = /\/(uploads|blobs|manifests)\/(?!uploads)/.exec(path)?.[1] ?? "other";
    const call = `${request.method} ${part}`;
    const fault = faultOf(call, request, seen.filter((one) => one === call).length);
    seen.push(call);
    if (fault !== undefined && "status" in fault) {
      response.writeHead(fault.status, fault.headers).end(fault.body);
      return;
    }
    const cutAfterBytes = fault !== undefined && "cutAfterBytes" in fault ? fault.cutAfterBytes : undefined;
    const onwards = ask(`http://${registry}${path}`, { method: request.method, headers: request.headers });
    onwards.on("error", () => request.socket.destroy());
    onwards.on("response", (reply) => {
      const changed = fault !== undefined && "header" in fault ? { [fault.header]: fault.value } : {};
      response.writeHead(reply.statusCode ?? 0, { ...reply.headers, ...changed });
      reply.pipe(response);
    });
    if (cutAfterBytes === undefined) {
      request.pipe(onwards);
      return;
    }
    let through = 0;
    request.on("data", (chunk: Buffer) => {
      if (through >= cutAfterBytes) return;
      onwards.write(chunk.subarray(0, cutAfterBytes - through));
      through += chunk.length;
      // A while later, so that the registry has read what was let through.
      if (through >= cutAfterBytes) {
        setTimeout(() => {
          onwards.destroy();
          request.socket.destroy();
        }, 100);
      }
    });
  });
  const port = await listenOnFreePort(server);
  onTestFinished(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return { host: `127.0.0.1:${port}`, seen };
}
