// What stands at the foot of the window: `--foot` is the room it takes. Notices appear above it, and what is scrolled into view stays clear of it.

const bars = new Set<HTMLElement>()
const sheets = new Set<HTMLElement>()
/** A sheet that still rises is this much off. */
const TOLERANCE = 8

const heightOf = (elements: Iterable<HTMLElement>) => [...elements].reduce((sum, element) => sum + element.offsetHeight, 0)

function measure() {
  const atFoot = [...sheets].filter((sheet) => Math.abs(window.innerHeight - sheet.getBoundingClientRect().bottom) <= TOLERANCE)
  // A sheet lies over the bars.
  document.documentElement.style.setProperty('--foot', `${heightOf(atFoot.length > 0 ? atFoot : bars)}px`)
}

let observer: ResizeObserver | undefined

const footOf = (elements: Set<HTMLElement>) => (element: HTMLElement | null) => {
  if (!element) return
  observer ??= new ResizeObserver(measure)
  elements.add(element)
  observer.observe(element)
  return () => {
    elements.delete(element)
    observer?.unobserve(element)
    measure()
  }
}

/** Ref of a bar at the foot of the page; several stand on each other. */
export const footBar = footOf(bars)
/** Ref of the foot of a window on top, which counts where it touches the edge. */
export const footSheet = footOf(sheets)

/** The room taken at the foot, in pixels, with as much again as a notice above it takes. */
export const footMargin = (): number => heightOf(bars) + NOTICE_PIXELS
const NOTICE_PIXELS = 72
