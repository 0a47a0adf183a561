import { expect, test } from "vitest";
import { signAddress, signPrefix } from "../../../app/media/edge-signature.ts";

/** Key, input and result of the tests of Google's own samples for Cloud CDN. */
const key = { name: "my-key", bytes: Buffer.from("nZtRohdNF9m3cKM24IcK4w==", "base64url") };

test.each([
  ["http://35.186.234.33/index.html", 1549751401, "?", "CRFqQnVfFyiUyR63OQf-HRUpIwc="],
  ["http://www.example.com/", 1549751401, "?", "OqDUFfHpN5Vxga6r80bhsgxKves="],
  ["https://www.google.com/", 1549751401, "?", "M_QO7BGHi2sGqrJO-MDr0uhDFuc="],
  [
    "https://www.example.com/some/path?some=query&another=param",
    1549751461,
    "&",
    "sTqqGX5hUJmlRJ84koAIhWW_c3M=",
  ],
])("the address %s is signed as Google's samples sign it", (url, expires, joint, signature) => {
  expect(signAddress(key, url, expires)).toBe(
    `${url}${joint}Expires=${expires}&KeyName=my-key&Signature=${signature}`,
  );
});

test.each([
  [
    "http://35.186.234.33/index.html",
    "aHR0cDovLzM1LjE4Ni4yMzQuMzMvaW5kZXguaHRtbA==",
    "uImwlOBCPs91mlCyG9vyyZRrNWU=",
  ],
  ["http://www.example.com/foo/", "aHR0cDovL3d3dy5leGFtcGxlLmNvbS9mb28v", "Z9uYAu73YHioRScZDxnP-TnS274="],
])("the prefix %s is signed as Google's samples sign it", (prefix, encoded, signature) => {
  expect(signPrefix(key, prefix, 1549751401)).toBe(
    `URLPrefix=${encoded}:Expires=1549751401:KeyName=my-key:Signature=${signature}`,
  );
});
