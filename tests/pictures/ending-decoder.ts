// Stands for the decoder's program and ends itself by the signal that its file is called.
const signal = process.argv.at(-1) ?? "";
process.kill(process.pid, signal);
setTimeout(() => {}, 60_000);
