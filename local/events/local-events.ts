/** What the tokens of local events say; the worker accepts no other. */
export const localEvents = {
  audience: "http://localhost/events",
  account: "events@local.example.com",
} as const;
