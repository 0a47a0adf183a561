/** Loaded late, and through this file: a bundle gives what a CommonJS package exports no names when it is imported late itself. */
export { GoogleAuth } from "google-auth-library";
