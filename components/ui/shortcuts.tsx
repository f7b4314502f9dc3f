'use client'
import { createContext, type ReactNode, useContext, useEffect, useId, useRef } from 'react'
import { combinationOf } from './key-names.ts'

export type Command = {
  /** Stable within its page, e.g. `submit`. */
  id: string
  title: string
  run: () => void
  /** `mod+enter`, `alt+arrowup`, `j`, `g w` (one after the other). */
  keys?: string
  /** Heading in the palette; the page's own actions when absent. */
  section?: string
  /** More words the palette finds it by. */
  keywords?: string[]
  disabled?: boolean
  /** Works but is not listed in the palette (arrow keys and the like). */
  hidden?: boolean
  /** Done again and again while its key is held down. Others are done once: nobody means to approve everything. */
  repeats?: boolean
}

type Registration = { layer: number; commands: readonly Command[] }

// One listener and one list for the window: pages add and take away their commands as they come and go.
const registrations = new Map<string, Registration>()
const layers = new Set<number>()
const listeners = new Set<() => void>()
let current: readonly Command[] = []
let nextLayer = 1

/** Above every layer: the palette, help and navigation. */
const EVERYWHERE = -1
const topLayer = () => Math.max(0, ...layers)

/** Keys typed so far of a sequence such as `g w`. */
let pending = ''
let waiting: (() => void)[] = []

function release() {
  if (layers.size > 0 || pending !== '') return
  const due = waiting
  waiting = []
  for (const run of due) run()
}

/** Runs something that is not the person's own doing, such as a move to another page, as soon as no window is open and no keys are half typed. */
export function whenFree(run: () => void) {
  waiting.push(run)
  release()
}

/** A moment later: what the window or the keys led to comes first. */
const releaseSoon = () => waiting.length > 0 && setTimeout(release)

function publish() {
  const top = topLayer()
  current = [...registrations.values()].filter(({ layer }) => layer === EVERYWHERE || layer === top).flatMap(({ commands }) => commands)
  for (const listener of listeners) listener()
}

/** The commands that work now; changes by identity. */
export const commandStore = {
  subscribe: (listener: () => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  },
  get: () => current,
  getServer: (): readonly Command[] => NONE,
}
const NONE: readonly Command[] = []

const LayerContext = createContext(0)

/** Inside, shortcuts are those of a window on top: what lies below rests. Dialog and Drawer bring it along. */
export function ShortcutLayer({ children }: { children: ReactNode }) {
  const layer = useRef(0)
  if (layer.current === 0) layer.current = nextLayer++
  useEffect(() => {
    const own = layer.current
    layers.add(own)
    publish()
    return () => {
      layers.delete(own)
      publish()
      releaseSoon()
    }
  }, [])
  return <LayerContext value={layer.current}>{children}</LayerContext>
}

/**
 * Registers what this part of the page can do: each gets its key and a line in the palette and in the `?` list. Pass a fresh
 * array on every render; `run` always sees the newest state.
 */
export function useCommands(commands: readonly Command[], { everywhere = false }: { everywhere?: boolean } = {}) {
  const id = useId()
  const layer = useContext(LayerContext)
  const latest = useRef(commands)
  latest.current = commands
  const shape = JSON.stringify(commands.map(({ run: _, ...rest }) => rest))
  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` stands for everything in `commands` but the functions, which are read late
  useEffect(() => {
    const stable = latest.current.map((command, index) => ({ ...command, run: () => latest.current[index]?.run() }))
    registrations.set(id, { layer: everywhere ? EVERYWHERE : layer, commands: stable })
    publish()
    return () => {
      registrations.delete(id)
      publish()
    }
  }, [id, layer, everywhere, shape])
}

/** Whether what has the focus takes letters and digits as text. */
export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches('textarea, select, input:not([type=checkbox], [type=radio], [type=range], [type=button])'))

/** A plain field takes its own words back; source text, and what holds no words, share the page's history. */
const isUndoOfField = (target: EventTarget | null, combination: string): boolean =>
  /^mod\+(shift\+)?z$/.test(combination) && target instanceof HTMLElement && target.matches('textarea, input') && isTyping(target)

const SEQUENCE_MILLISECONDS = 1200

/** Listens once for the whole window. */
export function useKeyboard() {
  useEffect(() => {
    const apple = /Mac|iPhone|iPad/.test(navigator.platform)
    let timer: ReturnType<typeof setTimeout> | undefined
    const forget = () => {
      pending = ''
      clearTimeout(timer)
      releaseSoon()
    }
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || ['Shift', 'Control', 'Alt', 'Meta'].includes(event.key)) return
      const combination = combinationOf(event, apple)
      // While somebody types, only combinations that write nothing are commands.
      if (isTyping(event.target) && !/^(mod|alt)\+/.test(combination)) return
      if (isUndoOfField(event.target, combination)) return
      // A key that presses the focused button or link is not a command of the page.
      if (
        (combination === 'enter' || combination === 'space') &&
        event.target instanceof HTMLElement &&
        event.target.closest('button, a, summary, [role=menuitem]')
      )
        return
      const keys = pending ? `${pending} ${combination}` : combination
      forget()
      const usable = current.filter((command) => command.keys && !command.disabled)
      // The newest registration wins: a page may give a key of the frame another meaning.
      const command = usable.findLast((candidate) => candidate.keys === keys) ?? usable.findLast((candidate) => candidate.keys === combination)
      if (usable.some((candidate) => candidate.keys?.startsWith(`${keys} `))) {
        pending = keys
        timer = setTimeout(forget, SEQUENCE_MILLISECONDS)
        event.preventDefault()
        return
      }
      if (!command) return
      event.preventDefault()
      if (!event.repeat || command.repeats) command.run()
    }
    window.addEventListener('keydown', onKeyDown)
    // From here on the page listens; what drives a browser by script can wait for this mark.
    document.documentElement.dataset.ready = ''
    return () => {
      forget()
      delete document.documentElement.dataset.ready
      window.removeEventListener('keydown', onKeyDown)
    }
  }, [])
}
