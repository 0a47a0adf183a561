// As the app's program sets it, before the first thread is needed.
process.env["UV_THREADPOOL_SIZE"] ??= "16";

interface Benchmark {
  /** What is compared with what. */
  readonly about: string;
  readonly run: () => Promise<void>;
}

/** `npm run bench -- NAME`. Each prints ratios against a reference that was measured in the same run. */
const benchmarks: Readonly<Record<string, Benchmark>> = {
  catalog: {
    about: "changes, questions, opening and memory of a catalog beside node:sqlite and a bare object put",
    run: async () => (await import("./catalog.ts")).benchmarkCatalog(),
  },
  http: {
    about: "requests per second of the web role beside a bare Fastify that answers the same bytes",
    run: async () => (await import("./http.ts")).benchmarkHttp(),
  },
  image: {
    about:
      "seconds from an edit to a pushed image beside containerify and buildah, and its start beside a bare Fastify",
    run: async () => (await import("./image.ts")).benchmarkImage(),
  },
  pictures: {
    about: "photos per second, original in and record out, beside bare sharp making the same derivatives",
    run: async () => (await import("./pictures.ts")).benchmarkPictures(),
  },
  synthesis: {
    about: "seconds to synthesise every stack beside plain cdktf synth",
    run: async () => (await import("./synthesis.ts")).benchmarkSynthesis(),
  },
};

const name = process.argv[2];
const chosen = name === undefined ? undefined : benchmarks[name];
if (chosen === undefined) {
  const lines = Object.entries(benchmarks).map(([one, { about }]) => `  ${one.padEnd(12)} ${about}`);
  process.stderr.write(`npm run bench -- NAME, where NAME is one of\n${lines.join("\n")}\n`);
  process.exitCode = 2;
} else {
  await chosen.run();
}
