/** What verifies tokens, 30 kB that asks Node for more: read with the first token, or once an instance is ready. */
export const loadTokenLibrary = () => import("jose");
