import * as fc from "fast-check";
import { expect, test } from "vitest";
import { foldTerms, foldText } from "../../app/catalog/folded-text.ts";

test.each([
  ["Søndag i Ålesund", " sondag i alesund"],
  ["STRASSE Straße", " strasse strasse"],
  ["Łódź, Đà Nẵng; Þingvellir", " lodz da nang thingvellir"],
  ["IMG_2041-edit.JPG", " img 2041 edit jpg"],
  ["Œuvre naïve", " oeuvre naive"],
  ["ΟΔΟΣ οδός", " οδοσ οδοσ"],
  ["Ёлка", " елка"],
  ["İstanbul Iğdır", " istanbul igdir"],
  ["ｆｕｌｌ ﬁne", " full fine"],
  ["が か", " が か"],
  ["東京タワー2024", " 東 京 タ ワ ー 2024"],
  ["हिन्दी", " हिन्दी"],
  ["sun🌅set", " sun 🌅 set"],
  ["!?,.", ""],
  ["", ""],
])("%j is searched for as %j", (text, folded) => {
  expect(foldText(text)).toBe(folded);
});

test("a search is found by the beginning of any of its words, in any order", () => {
  expect(foldTerms("  IMG_20  Ålesund img_20 - ")).toEqual([" img 20", " alesund"]);
});

test("folding what is folded changes nothing, whatever the text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      expect(foldText(foldText(text))).toBe(foldText(text));
    }),
  );
});
