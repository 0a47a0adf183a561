/** What a program of the apply is told, by its environment: names in capitals, as its step declares them. */
export type ProgramInput = (name: string) => string;

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Runs one program of the apply. A failure is said in one paragraph on standard error, and the exit code stops
 * the apply.
 */
export async function runProgram(
  program: (input: ProgramInput, variables: Variables) => Promise<string>,
): Promise<void> {
  const { env } = process;
  try {
    console.log(
      await program((name) => {
        const value = env[name];
        if (value === undefined) throw new Error(`The step did not give ${name}`);
        return value;
      }, env),
    );
  } catch (error) {
    console.error(error instanceof Error ? describe(error) : String(error));
    process.exitCode = 1;
  }
}

function describe({ message, cause }: Error): string {
  return cause instanceof Error ? `${message} (${cause.message})` : message;
}
