/** Whether an address leads to this very machine and nowhere else: `localhost`, `127.0.0.0/8`, `::1`. */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === "localhost" ||
    hostname === "[::1]" ||
    hostname === "::1" ||
    /^127(?:\.\d{1,3}){3}$/.test(hostname)
  );
}

/**
 * Refuses plain HTTP to anywhere but this machine, where nobody can listen.
 *
 * @returns the address, for chaining
 */
export function requireSafeScheme(address: URL): URL {
  if (address.protocol === "https:" || (address.protocol === "http:" && isLoopback(address.hostname)))
    return address;
  throw new Error(
    `expected https, or http to this machine (127.0.0.1, localhost, [::1]), got '${address.origin}'`,
  );
}
