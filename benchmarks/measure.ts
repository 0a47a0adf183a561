const rounds = 5;

export async function timed<T>(work: () => Promise<T>): Promise<{ seconds: number; result: T }> {
  const begin = performance.now();
  const result = await work();
  return { seconds: (performance.now() - begin) / 1000, result };
}

/** @returns the median of some rounds, in seconds */
export async function repeated(work: () => Promise<unknown>): Promise<number> {
  const figures: number[] = [];
  for (let round = 0; round < rounds; round += 1) figures.push((await timed(work)).seconds);
  return median(figures);
}

export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function row(...cells: readonly [string, string, string]): string {
  return `${cells[0].padStart(8)} ${cells[1].padStart(8)}  ${cells[2]}`;
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
