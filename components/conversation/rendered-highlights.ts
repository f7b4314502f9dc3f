import { locateQuote } from '#lib/domain/anchor.ts'
import type { TextHighlight } from './text-highlights.ts'

/** The text nodes below an element with the offset at which each begins. */
function textNodes(element: Element): { node: Text; start: number }[] {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
  const nodes: { node: Text; start: number }[] = []
  let start = 0
  while (walker.nextNode()) {
    const node = walker.currentNode as Text
    nodes.push({ node, start })
    start += node.length
  }
  return nodes
}

function rangeIn(element: Element, quote: string, share: number): Range | null {
  const shown = element.textContent ?? ''
  const found = locateQuote(shown, quote, share * shown.length)
  if (!found) return null
  const nodes = textNodes(element)
  const first = nodes.findLast(({ start }) => start <= found.start)
  const last = nodes.findLast(({ start }) => start < found.end)
  if (!first || !last) return null
  const range = document.createRange()
  range.setStart(first.node, found.start - first.start)
  range.setEnd(last.node, Math.min(last.node.length, found.end - last.start))
  return range
}

const NAMES = ['paste', 'model', 'remark', 'remark-active'] as const
export type HighlightName = (typeof NAMES)[number]

/**
 * Marks passages in rendered markdown without touching its elements (CSS highlights; a browser without them shows the remark
 * beside the message only). Returns how to take the marks away.
 */
export function paintHighlights(
  root: HTMLElement,
  highlights: readonly TextHighlight[],
  contentOf: (messageId: string) => string | undefined,
  activeId: string | null,
): () => void {
  if (!('highlights' in CSS)) return () => undefined
  const paint = () => {
    const ranges: Record<HighlightName, Range[]> = { paste: [], model: [], remark: [], 'remark-active': [] }
    for (const highlight of highlights) {
      const element = root.querySelector(`[data-rendered][data-message-text="${CSS.escape(highlight.messageId)}"]`)
      const content = contentOf(highlight.messageId)
      if (!element || content === undefined) continue
      const range = rangeIn(element, content.slice(highlight.start, highlight.end), highlight.start / Math.max(1, content.length))
      if (range) ranges[highlight.kind === 'remark' && highlight.id === activeId ? 'remark-active' : highlight.kind].push(range)
    }
    for (const name of NAMES) CSS.highlights.set(name, new Highlight(...ranges[name]))
  }
  paint()
  // Markdown is set a moment after its source; ranges over the source would point into nodes that are gone.
  let frame = 0
  const observer = new MutationObserver(() => {
    cancelAnimationFrame(frame)
    frame = requestAnimationFrame(paint)
  })
  observer.observe(root, { childList: true, subtree: true })
  return () => {
    observer.disconnect()
    cancelAnimationFrame(frame)
    for (const name of NAMES) CSS.highlights.delete(name)
  }
}
