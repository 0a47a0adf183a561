import { expect, test } from "vitest";
import { writtenLine, writtenParagraphs } from "../../app/written-text.ts";
import { quarters } from "../pictures/sample-pictures.ts";
import { createPhotoServer, upload } from "../photos/photo-server.ts";

test("what another program wrote becomes text that may be recorded", () => {
  expect(writtenLine(" two\r\nlines\u0000\u2028here ", 50)).toBe("two lines here");
  expect(writtenParagraphs("one\r\ntwo\rthree\u0007\tfour", 50)).toBe("one\ntwo\nthree\tfour");
  expect(writtenLine("a\u0308", 50)).toBe("ä");
  expect(writtenLine("half \ud83d", 50)).toBe("half \ufffd");
  for (const empty of [null, "", " \n\t", "\u0000"]) expect(writtenLine(empty, 50)).toBeNull();
  expect(writtenLine("📷".repeat(51), 50)).toBe(`${"📷".repeat(49)}…`);
  expect(writtenLine("📷".repeat(50), 50)).toBe("📷".repeat(50));
});

test("a photo gets title and description out of its file, and the person's own title counts more", async () => {
  const service = await createPhotoServer();
  const xmp = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
    xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/">
    <rdf:Description dc:title="${"t".repeat(300)}" dc:description="By the sea"/></rdf:RDF></x:xmpmeta>`;
  const bytes = await quarters().withXmp(xmp).jpeg().toBuffer();
  const { status, body } = await upload(service, bytes);
  expect(status).toBe(201);
  expect(body).toMatchObject({ title: `${"t".repeat(199)}…`, description: "By the sea" });
  const other = await quarters(80, 40).withXmp(xmp).jpeg().toBuffer();
  const named = await upload(service, other, "a.jpg", [{ name: "title", content: "Mine" }]);
  expect(named.body).toMatchObject({ title: "Mine", description: "By the sea" });
});
