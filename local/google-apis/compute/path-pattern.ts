/** Which patterns an invalidation may have: https://cloud.google.com/cdn/docs/cache-invalidation-overview */
export function isPathPattern(text: string): boolean {
  return /^\/[^*?#]*$/.test(text) || /^\/(?:[^*?#]*\/)?\*$/.test(text);
}

/** Whether a cached path falls under it. */
export function isUnderPattern(path: string, pattern: string): boolean {
  return pattern.endsWith("*") ? path.startsWith(pattern.slice(0, -1)) : path === pattern;
}
