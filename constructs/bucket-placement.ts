/** Where a bucket's objects lie. */
export type BucketPlacement =
  | { readonly kind: "region"; readonly region: string }
  /** Every object twice, in two regions of one continent, named one by one. */
  | {
      readonly kind: "dual-region";
      readonly continent: "ASIA" | "EU" | "US";
      readonly regions: readonly [string, string];
    };

/** The provider's fields. Google answers in capitals, so anything else would be a change at every plan. */
export function placementFields(placement: BucketPlacement): {
  location: string;
  customPlacementConfig?: { dataLocations: string[] };
} {
  if (placement.kind === "region") return { location: placement.region.toUpperCase() };
  return {
    location: placement.continent,
    customPlacementConfig: { dataLocations: placement.regions.map((region) => region.toUpperCase()) },
  };
}
