import type { PhotoServer } from "../photos/photo-server.ts";

/** Sends bytes of an upload to the app's own address for it: from `first` to before `end`, @default all. */
export async function sendContent(
  { server, headers }: Pick<PhotoServer, "server" | "headers">,
  id: string,
  bytes: Uint8Array,
  first = 0,
  end = bytes.length,
) {
  return await server.inject({
    method: "PUT",
    url: `/v1/uploads/${id}/content`,
    headers: {
      ...headers,
      "content-type": "application/octet-stream",
      "content-range": `bytes ${first}-${end - 1}/${bytes.length}`,
    },
    payload: Buffer.from(bytes.subarray(first, end)),
  });
}
