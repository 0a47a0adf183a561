/**
 * Names that every store takes alike: parts between `/`, none empty, none beginning with a dot (so neither `..`
 * nor what a disk store hides), no control character, no backslash, no colon, 200 bytes a part, 1,000 in all.
 * Cloud Storage would take more; what one store refuses the other must refuse too.
 */
export const objectNameLimits = { partBytes: 200, nameBytes: 1000 } as const;

export class InvalidObjectNameError extends Error {
  readonly code = "invalid-object-name";
  readonly objectName: string;

  constructor(objectName: string, reason: string) {
    super(`object name ${JSON.stringify(objectName)} ${reason}`);
    this.objectName = objectName;
  }
}

/** @throws InvalidObjectNameError */
export function checkObjectName(name: string): void {
  const parts = name.split("/");
  for (const part of parts) {
    if (part === "")
      throw new InvalidObjectNameError(name, "has an empty part: names are relative parts between '/'");
    checkPart(name, part);
  }
  checkLength(name, name, objectNameLimits.nameBytes);
}

/**
 * A prefix is the beginning of a name: it may be empty or end anywhere, also after a `/`.
 *
 * @throws InvalidObjectNameError
 */
export function checkObjectPrefix(prefix: string): void {
  const parts = prefix.split("/");
  parts.forEach((part, index) => {
    if (part !== "") checkPart(prefix, part);
    else if (index < parts.length - 1) throw new InvalidObjectNameError(prefix, "has an empty part");
  });
  checkLength(prefix, prefix, objectNameLimits.nameBytes);
}

function checkPart(name: string, part: string): void {
  if (part.startsWith(".")) throw new InvalidObjectNameError(name, "has a part that begins with a dot");
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  if (/[\u0000-\u001f\u007f\\:]/u.test(part)) {
    throw new InvalidObjectNameError(name, "has a control character, backslash or colon");
  }
  if (!part.isWellFormed()) throw new InvalidObjectNameError(name, "is not well-formed Unicode");
  checkLength(name, part, objectNameLimits.partBytes);
}

function checkLength(name: string, text: string, mostBytes: number): void {
  const bytes = Buffer.byteLength(text);
  if (bytes > mostBytes)
    throw new InvalidObjectNameError(name, `is ${bytes} bytes long; at most ${mostBytes} are allowed`);
}
