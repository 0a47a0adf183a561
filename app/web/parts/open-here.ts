type Click = Pick<MouseEvent, "ctrlKey" | "metaKey" | "shiftKey" | "altKey" | "preventDefault">;

/**
 * What a click on a link within the page does: opens it here, for leaving the page would end its uploads. With a key
 * held the browser opens it elsewhere, or saves it, as any link.
 */
export function openHere(open: () => void): (event: Click) => void {
  return (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    open();
  };
}
