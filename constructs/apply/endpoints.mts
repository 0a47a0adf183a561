/**
 * Where Google's APIs are asked. Each product's address can be redirected by the same variable that redirects the
 * Google provider, so that a rehearsal redirects both; only to this machine, for a token goes with every request.
 */
const products = {
  compute: {
    variable: "GOOGLE_COMPUTE_CUSTOM_ENDPOINT",
    address: "https://compute.googleapis.com/compute/v1/",
  },
  redis: {
    variable: "GOOGLE_REDIS_CUSTOM_ENDPOINT",
    address: "https://redis.googleapis.com/v1/",
  },
  run: {
    variable: "GOOGLE_CLOUD_RUN_V2_CUSTOM_ENDPOINT",
    address: "https://run.googleapis.com/v2/",
  },
  secretManager: {
    variable: "GOOGLE_SECRET_MANAGER_CUSTOM_ENDPOINT",
    address: "https://secretmanager.googleapis.com/v1/",
  },
  serviceUsage: {
    variable: "GOOGLE_SERVICE_USAGE_CUSTOM_ENDPOINT",
    address: "https://serviceusage.googleapis.com/v1/",
  },
  storage: {
    variable: "GOOGLE_STORAGE_CUSTOM_ENDPOINT",
    address: "https://storage.googleapis.com/storage/v1/",
  },
  storageTransfer: {
    variable: "GOOGLE_STORAGE_TRANSFER_CUSTOM_ENDPOINT",
    address: "https://storagetransfer.googleapis.com/v1/",
  },
} as const;

export type Product = keyof typeof products;

type Variables = Readonly<Record<string, string | undefined>>;

/** The product's address, with a slash at its end. @throws Error if it is redirected to another machine, or to no address */
export function endpointOf(product: Product, variables: Variables): URL {
  const { variable, address } = products[product];
  const custom = variables[variable];
  if (!custom) return new URL(address);
  const url = addressOf(variable, custom);
  if (!isLoopback(url)) {
    throw new Error(
      `${variable} must be an address of this machine (127.0.0.1, ::1, localhost), got ${custom}: unset it`,
    );
  }
  return url;
}

/**
 * Whether each of these variables names an address of this machine: then nothing of Google's can be reached.
 *
 * @throws Error that names the variable whose value is no address
 */
export function areAllLoopback(names: readonly string[], variables: Variables): boolean {
  return names.every((name) => {
    const address = variables[name];
    return address !== undefined && address !== "" && isLoopback(addressOf(name, address));
  });
}

function addressOf(variable: string, value: string): URL {
  const url = URL.parse(value.endsWith("/") ? value : `${value}/`);
  if (url !== null) return url;
  throw new Error(`${variable} must be an address such as http://127.0.0.1:8080/, got '${value}': unset it`);
}

/** Whether an address cannot leave this machine. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.[0-9]{1,3}){3}$/.test(hostname);
}
