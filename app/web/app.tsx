import type { JSX } from "preact";
import { Gallery } from "./gallery/gallery.tsx";
import { TrashGallery } from "./gallery/trash-gallery.tsx";
import { Footer } from "./parts/footer.tsx";
import { Header } from "./parts/header.tsx";
import { NoticeBar } from "./parts/notice-bar.tsx";
import { SignedOutDialog } from "./parts/signed-out-dialog.tsx";
import { interrupted } from "./state/page-state.ts";
import { route } from "./state/route.ts";
import { useStore } from "./state/use-store.ts";
import { DropZone } from "./upload/drop-zone.tsx";
import { InterruptedNotice } from "./upload/interrupted-notice.tsx";
import { UploadTray } from "./upload/upload-tray.tsx";
import { Viewer } from "./viewer/viewer.tsx";

export function App(): JSX.Element {
  const { photoId, isTrash } = useStore(route);
  return (
    <>
      <Header />
      <InterruptedNotice uploads={interrupted} />
      <main>{isTrash ? <TrashGallery /> : <Gallery />}</main>
      <Footer />
      <UploadTray />
      <DropZone />
      {photoId === undefined ? <NoticeBar /> : <Viewer photoId={photoId} />}
      <SignedOutDialog />
    </>
  );
}
