/** The first argument that makes the app's program decode one file and end. */
export const heicArgument = "decode-heic";
