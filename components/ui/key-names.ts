const APPLE: Record<string, string> = { mod: '⌘', alt: '⌥', shift: '⇧', ctrl: '⌃' }
const OTHER: Record<string, string> = { mod: 'Ctrl', alt: 'Alt', shift: 'Shift', ctrl: 'Ctrl' }
const NAMED: Record<string, string> = {
  enter: '↵',
  escape: 'Esc',
  arrowup: '↑',
  arrowdown: '↓',
  arrowleft: '←',
  arrowright: '→',
  backspace: '⌫',
  delete: 'Del',
  tab: '⇥',
  space: 'Space',
  home: 'Home',
  end: 'End',
}

/** The caps of a combination (`mod+shift+p`) or sequence (`g w`), as the device writes them. */
export function keyNames(keys: string, apple: boolean): string[] {
  return keys
    .split(' ')
    .flatMap((combination) =>
      combination.split(/\+(?!$)/).map((part) => (apple ? APPLE : OTHER)[part] ?? NAMED[part] ?? (part.length === 1 ? part.toUpperCase() : part)),
    )
}

/** Combination of a key press in the notation of bindings: `mod`, `alt`, `shift`, then the key in lower case. */
export function combinationOf(event: KeyboardEvent, apple: boolean): string {
  const isMod = apple ? event.metaKey : event.ctrlKey
  // With a modifier the layout may turn the key into another character (⌥W is ∑); the place on the keyboard still tells it.
  const place = /^Key([A-Z])$|^Digit(\d)$/.exec(event.code)
  const key =
    event.altKey || (isMod && !/^[\x20-\x7e]$/.test(event.key) && event.key.length === 1) ? (place?.[1] ?? place?.[2] ?? event.key) : event.key
  const name = key === ' ' ? 'space' : key.toLowerCase()
  // Shift belongs to the character itself for `?` and the like.
  const showsShift = event.shiftKey && (name.length > 1 || /[a-z]/.test(name))
  return [isMod && 'mod', !apple && event.metaKey && 'meta', apple && event.ctrlKey && 'ctrl', event.altKey && 'alt', showsShift && 'shift', name]
    .filter(Boolean)
    .join('+')
}
