import { locateQuote, type TextRange } from '#lib/domain/anchor.ts'

/** A passage somebody selected: half-open range of UTF-16 code units of the message's content, and its words. */
export type SelectedRange = TextRange & { messageId: string; quote: string; rect: DOMRect }

const lengthUpTo = (root: Node, node: Node, offset: number): number => {
  const range = document.createRange()
  range.selectNodeContents(root)
  range.setEnd(node, offset)
  return range.toString().length
}

/** A parser of HTML turns CRLF and CR into LF; offsets counted in the page are moved back into the text they stand for. */
function inSource(content: string, shown: string, offset: number): number {
  if (shown.length === content.length) return offset
  let at = 0
  for (let seen = 0; seen < offset && at < content.length; seen++) at += content.startsWith('\r\n', at) ? 2 : 1
  return at
}

/**
 * The selection of the page as a range of a message, when it lies inside one element marked `data-message-text`. Reads text shown
 * as it is by position, and rendered markdown (`data-rendered`) by its words. Null when nothing of the kind is selected.
 */
export function readSelection(root: HTMLElement, contentOf: (messageId: string) => string | undefined): SelectedRange | null {
  const selection = root.ownerDocument.getSelection()
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) return null
  const range = selection.getRangeAt(0)
  const element = (range.startContainer instanceof Element ? range.startContainer : range.startContainer.parentElement)?.closest<HTMLElement>(
    '[data-message-text]',
  )
  const messageId = element?.dataset.messageText
  const content = messageId === undefined ? undefined : contentOf(messageId)
  if (!element || messageId === undefined || content === undefined || !root.contains(element)) return null
  // A triple click ends in the next block: what counts is the part inside this message.
  const within = range.cloneRange()
  if (!element.contains(range.endContainer)) within.setEnd(element, element.childNodes.length)
  const shown = element.textContent ?? ''
  const from = lengthUpTo(element, within.startContainer, within.startOffset)
  const to = lengthUpTo(element, within.endContainer, within.endOffset)
  const found =
    element.dataset.rendered === undefined
      ? { start: inSource(content, shown, from), end: inSource(content, shown, to) }
      : locateQuote(content, within.toString().trim(), (from / Math.max(1, shown.length)) * content.length)
  if (!found || found.start >= found.end) return null
  return { ...found, messageId, quote: content.slice(found.start, found.end), rect: range.getBoundingClientRect() }
}
