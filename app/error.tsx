'use client'
import { PageFailed } from '#components/ui/page-failed.tsx'

/** A frame failed, or a page that has none. */
export default PageFailed
