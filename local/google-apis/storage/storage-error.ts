/** A refusal as Cloud Storage words it; `reason` is the JSON API's, `code` the XML API's name for it. */
export class StorageError extends Error {
  readonly status: number;
  readonly reason: string;
  readonly code: string;

  constructor(status: number, reason: string, code: string, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
    this.code = code;
  }

  /** https://cloud.google.com/storage/docs/json_api/v1/status-codes */
  toJson(): string {
    const { status, reason, message } = this;
    return JSON.stringify({
      error: { code: status, message, errors: [{ message, domain: "global", reason }] },
    });
  }

  /** https://cloud.google.com/storage/docs/xml-api/reference-status */
  toXml(): string {
    return (
      `<?xml version='1.0' encoding='UTF-8'?><Error><Code>${this.code}</Code>` +
      `<Message>${escapeXml(this.message)}</Message></Error>`
    );
  }
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

export function invalid(message: string): StorageError {
  return new StorageError(400, "invalid", "InvalidArgument", message);
}

export function unauthorized(message = "Anonymous caller does not have access."): StorageError {
  return new StorageError(401, "required", "AuthenticationRequired", message);
}

export function forbidden(message: string): StorageError {
  return new StorageError(403, "forbidden", "AccessDenied", message);
}

export function bucketNotFound(): StorageError {
  return new StorageError(404, "notFound", "NoSuchBucket", "The specified bucket does not exist.");
}

export function objectNotFound(bucket: string, name: string): StorageError {
  return new StorageError(404, "notFound", "NoSuchKey", `No such object: ${bucket}/${name}`);
}

export function conditionNotMet(): StorageError {
  return new StorageError(
    412,
    "conditionNotMet",
    "PreconditionFailed",
    "At least one of the pre-conditions you specified did not hold.",
  );
}
