'use client'
import { PageFailed } from '#components/ui/page-failed.tsx'

/** A page failed; the frame around it still works. */
export default PageFailed
