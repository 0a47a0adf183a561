import { expect, test } from "vitest";
import { sharp } from "../../app/pictures/bounded-sharp.ts";
import { readCaption } from "../../app/pictures/caption.ts";
import { fileOf, quarters, readPicture } from "./sample-pictures.ts";

const nothing = { title: null, description: null };

const rdf = `xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"`;
const dc = `xmlns:dc="http://purl.org/dc/elements/1.1/"`;

function packet(properties: string, attributes = ""): string {
  return `<?xpacket begin="\u{feff}"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF ${rdf}>
    <rdf:Description rdf:about="" ${dc} ${attributes}>${properties}</rdf:Description>
  </rdf:RDF></x:xmpmeta><?xpacket end="w"?>`;
}

function alternatives(
  name: string,
  ...items: readonly (readonly [language: string, text: string])[]
): string {
  const list = items.map(([language, text]) => `<rdf:li xml:lang="${language}">${text}</rdf:li>`);
  return `<dc:${name}><rdf:Alt>${list.join("\n")}</rdf:Alt></dc:${name}>`;
}

/** APP13 with one image resource: the IPTC record of these data sets. */
function iptc(...sets: readonly (readonly [record: number, id: number, value: Buffer])[]): Buffer {
  const record = Buffer.concat(
    sets.map(([number, id, value]) =>
      Buffer.concat([Buffer.from([0x1c, number, id, value.length >> 8, value.length & 255]), value]),
    ),
  );
  const length = Buffer.alloc(4);
  length.writeUInt32BE(record.length);
  const padding = Buffer.alloc(record.length % 2);
  return Buffer.concat([
    Buffer.from("Photoshop 3.0\u{0}8BIM\u0004\u0004\0\0", "latin1"),
    length,
    record,
    padding,
  ]);
}

const version: readonly [number, number, Buffer] = [2, 0, Buffer.from([0, 4])];

test("title and description are read from XMP, with every character that XML can write", async () => {
  const xmp = packet(
    alternatives("title", ["de", "Am Meer"], ["x-default", "Sea &amp; sand &#x1F3D6; &#228;"]) +
      alternatives("description", ["x-default", "First line\nsecond <![CDATA[<line>]]>"]) +
      `<dc:subject><rdf:Bag><rdf:li>holiday</rdf:li></rdf:Bag></dc:subject>`,
  );
  expect(await readCaption(xmp, undefined)).toEqual({
    title: "Sea & sand 🏖 ä",
    description: "First line\nsecond <line>",
  });
});

test("without a default the first language counts; a title of digits stays text", async () => {
  expect(await readCaption(packet(alternatives("title", ["de", "007"], ["en", "8"])), undefined)).toEqual({
    title: "007",
    description: null,
  });
});

test("the shorter ways of writing are read as well, under whatever prefix", async () => {
  expect(await readCaption(packet("", `dc:title="A" dc:description="B"`), undefined)).toEqual({
    title: "A",
    description: "B",
  });
  expect(await readCaption(packet("<dc:title>Plain</dc:title>"), undefined)).toMatchObject({
    title: "Plain",
  });
  const renamed = packet(alternatives("title", ["x-default", "Other"]))
    .replaceAll(/\bdc(?=[:=])/g, "core")
    .replaceAll(/\brdf(?=[:=])/g, "r");
  expect(await readCaption(renamed, undefined)).toMatchObject({ title: "Other" });
  const foreign = packet(alternatives("title", ["x-default", "Not ours"])).replace(
    "purl.org/dc",
    "purl.org/xy",
  );
  expect(await readCaption(foreign, undefined)).toEqual(nothing);
});

test("IPTC fills what XMP leaves out, in UTF-8 and in the characters of Western Europe", async () => {
  const segment = iptc(
    [1, 90, Buffer.from("\u001b%G", "latin1")],
    version,
    [2, 5, Buffer.from("Ümläut")],
    [2, 120, Buffer.from("Größe 📷")],
  );
  expect(await readCaption(undefined, segment)).toEqual({ title: "Ümläut", description: "Größe 📷" });
  const xmp = packet(alternatives("title", ["x-default", "From XMP"]));
  expect(await readCaption(xmp, segment)).toEqual({ title: "From XMP", description: "Größe 📷" });
  const old = iptc(version, [2, 5, Buffer.from("Café à Nîmes", "latin1")]);
  expect(await readCaption(undefined, old)).toEqual({ title: "Café à Nîmes", description: null });
});

test("damage costs what is damaged and never more", async () => {
  const xmp = packet(
    alternatives("title", ["x-default", "Kept"]) + alternatives("description", ["x-default", "Lost"]),
  );
  const segment = iptc(version, [2, 5, Buffer.from("Title")], [2, 120, Buffer.from("Text")]);
  expect(await readCaption(xmp.slice(0, xmp.indexOf("Lost")), undefined)).toEqual({
    title: "Kept",
    description: null,
  });
  for (let length = 0; length < xmp.length; length += 11) await readCaption(xmp.slice(0, length), undefined);
  for (let length = 0; length < segment.length; length++) await readCaption("", segment.subarray(0, length));
  for (const text of ["", "no XML", "<", "<a><b></a>", "\0".repeat(100)])
    expect(await readCaption(text, Buffer.from(text))).toEqual(nothing);
  const lying = Buffer.from(segment);
  lying.writeUInt16BE(0xff_ff, segment.indexOf("Title") - 2);
  expect((await readCaption(undefined, lying)).description).toBeNull();
});

test("what is made to take long or much is given up", async () => {
  const entities = `<!DOCTYPE x [<!ENTITY a "${"y".repeat(1000)}"><!ENTITY b "${"&a;".repeat(100)}">]>`;
  const expanding = entities + packet(`<dc:title>${"&b;".repeat(1000)}</dc:title>`);
  expect((await readCaption(expanding, undefined)).title).toBeNull();
  const title = alternatives("title", ["x-default", "Deep"]);
  const deep = packet("<a>".repeat(30_000) + title);
  expect(await readCaption(deep, undefined)).toEqual(nothing);
  const wide = packet(title, Array.from({ length: 20_000 }, (_, index) => `a${index}=""`).join(" "));
  expect(await readCaption(wide, undefined)).toEqual(nothing);
  expect(await readCaption(packet(title) + " ".repeat(300_000), undefined)).toEqual(nothing);
  const long = await readCaption(packet(`<dc:title>${"x".repeat(100_000)}</dc:title>`), undefined);
  expect(long.title?.length).toBe(20_000);
});

test.each(["jpeg", "png", "webp", "avif"] as const)("a %s gives what was written into it", async (format) => {
  const bytes = await quarters()
    .withXmp(packet(alternatives("title", ["x-default", "Written"])))
    .toFormat(format)
    .toBuffer();
  expect((await sharp(bytes).metadata()).xmp).toBeDefined();
  const { caption } = await readPicture(await fileOf(bytes));
  expect(caption).toEqual({ title: "Written", description: null });
});
