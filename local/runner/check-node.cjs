// Runs before everything else and in any Node: an old one cannot even read the rest.
"use strict";

const wanted = 24;
const found = process.versions.node;

if (Number(found.split(".")[0]) < wanted) {
  console.error(
    "ImgStream needs Node " +
      wanted +
      " or newer; this is Node " +
      found +
      " (" +
      process.execPath +
      ").\n" +
      "On Linux with an x64 processor `npm ci` brings the right one along; elsewhere install it from https://nodejs.org.",
  );
  process.exit(1);
}
