/** Puts the focus into the first field below an element that does not hold what it should. Returns whether there is one. */
export function focusInvalid(root: Element | null): boolean {
  const field = root?.querySelector<HTMLInputElement>('input:invalid')
  if (!field) return false
  const folded = field.closest('details')
  if (folded) folded.open = true
  field.focus()
  return true
}
