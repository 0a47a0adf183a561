/**
 * Runs inside a container's network namespace, which has a loopback interface and nothing else, and is its only
 * way in and out: what is sent to Google's hosts (ports 443 and 80) goes through a socket file to the stand-ins
 * outside, and requests from outside come through another to the container's port.
 *
 * Arguments: a JSON object {ingress, egress: {port: socketFile}, containerPort}, then the command to run.
 */
import { spawn } from "node:child_process";
import { connect, createServer, type Server, type Socket } from "node:net";

import { joinSockets } from "./join-sockets.ts";

export interface RelayPlan {
  /** The socket file on which requests for the container arrive. */
  readonly ingress: string;
  /** Port inside → socket file outside. */
  readonly egress: Readonly<Record<string, string>>;
  readonly containerPort: number;
}

const [planText = "", command = "", ...args] = process.argv.slice(2);
// Written by the program that starts this one, from the same type.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const plan = JSON.parse(planText) as RelayPlan;

await Promise.all([
  listen(plan.ingress, () => connect({ port: plan.containerPort, host: "127.0.0.1", allowHalfOpen: true })),
  ...Object.entries(plan.egress).map(([port, socketFile]) =>
    listen(Number(port), () => connect({ path: socketFile, allowHalfOpen: true })),
  ),
]);

const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"] });
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => child.kill(signal));
child.on("error", (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(127);
});
child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGKILL" ? 137 : 143)));

function listen(where: string | number, dial: () => Socket): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, (inbound) => joinSockets(inbound, dial()));
  return new Promise((resolve, reject) => {
    server.on("error", reject);
    const done = () => resolve(server);
    if (typeof where === "number") server.listen(where, "127.0.0.1", done);
    else server.listen(where, done);
  });
}
