import { readPerson } from "../api/client.ts";
import { SignedOutError } from "../api/failure.ts";
import type { PersonJson } from "../api/photo-json.ts";
import { Store } from "./store.ts";

/** Addresses that the identity proxy answers itself: https://cloud.google.com/iap/docs/sessions-howto */
export const signOutAddress = "/?gcp-iap-mode=CLEAR_LOGIN_COOKIE";
const signInAgainAddress = "/?gcp-iap-mode=DO_SESSION_REFRESH";

/** How often it is looked whether the other window has signed in. */
const lookAgainMilliseconds = 1000;

const checkAgainMilliseconds = 3000;

export interface SessionState {
  /** Undefined until the first answer. */
  readonly person: PersonJson | undefined;
  readonly isSignedOut: boolean;
}

/** Who is signed in, and the way back when the session has ended. */
export class Session {
  readonly state = new Store<SessionState>({ person: undefined, isSignedOut: false });
  /** Called when somebody's session goes on. */
  onResumed: () => void = () => undefined;
  #checkedAt = Number.NEGATIVE_INFINITY;
  #checked: Promise<void> = Promise.resolve();
  #looking: ReturnType<typeof setInterval> | undefined;

  /** Reads who this is; a session that has ended is noted, any other fault left for the next time. */
  async read(): Promise<void> {
    try {
      const person = await readPerson();
      const before = this.state.value;
      // Somebody else signed in: nothing of the first person's may stay on the page.
      if (before.person !== undefined && before.person.id !== person.id) {
        location.replace("/");
        return;
      }
      this.state.set({ person, isSignedOut: false });
      if (before.isSignedOut) this.onResumed();
    } catch (error) {
      if (error instanceof SignedOutError) this.noteSignedOut();
    }
  }

  /** Of who is signed in, also before the first `read` has its answer. @throws what asking for it throws */
  async personId(): Promise<string> {
    return (this.state.value.person ?? (await readPerson())).id;
  }

  /** As `read`, but not more than once in a few seconds: a whole page of images may fail at once. */
  check(): Promise<void> {
    if (performance.now() - this.#checkedAt >= checkAgainMilliseconds) {
      this.#checkedAt = performance.now();
      this.#checked = this.read();
    }
    return this.#checked;
  }

  noteSignedOut(): void {
    if (!this.state.value.isSignedOut) this.state.set({ ...this.state.value, isSignedOut: true });
  }

  /** Opens the sign-in in a window of its own, so that this page and its uploads stay; to be called by a click. */
  signInAgain(): void {
    const other = window.open(signInAgainAddress, "imgstream-sign-in", "popup,width=480,height=640");
    clearInterval(this.#looking);
    this.#looking = setInterval(() => {
      void this.read().then(() => {
        if (this.state.value.isSignedOut) return undefined;
        clearInterval(this.#looking);
        other?.close();
        return undefined;
      });
    }, lookAgainMilliseconds);
  }
}
