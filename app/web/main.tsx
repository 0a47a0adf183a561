import { render } from "preact";
import { App } from "./app.tsx";
import { session } from "./state/page-state.ts";

const page = document.querySelector("#page");
if (page !== null) {
  render(<App />, page);
  void session.read();
}
