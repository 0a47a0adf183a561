/** A picture of more pixels is refused. 100 million is more than any phone of today makes in one shot. */
export const pixelLimit = 100_000_000;
