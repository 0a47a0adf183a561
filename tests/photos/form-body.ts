export interface FormPart {
  readonly name: string;
  readonly filename?: string;
  readonly content: Uint8Array | string;
}

/** A body of multipart/form-data, byte by byte as browsers write it. */
export function formOf(...parts: readonly FormPart[]) {
  const boundary = "----imgstream-test-boundary";
  const chunks: Uint8Array[] = [];
  for (const { name, filename, content } of parts) {
    const file =
      filename === undefined ? "" : `; filename="${filename}"\r\ncontent-type: application/octet-stream`;
    chunks.push(
      Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; name="${name}"${file}\r\n\r\n`),
    );
    chunks.push(Buffer.from(content), Buffer.from("\r\n"));
  }
  chunks.push(Buffer.from(`--${boundary}--\r\n`));
  return {
    payload: Buffer.concat(chunks),
    headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
  };
}
