/**
 * What a click on a link within the page does: opens it here, for leaving the page would end its uploads. With a key
 * held the browser opens it elsewhere, as any link.
 */
export function openHere(open: () => void): (event: MouseEvent) => void {
  return (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
  };
}
