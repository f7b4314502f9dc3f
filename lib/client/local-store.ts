/** Values kept on this device by key: read at once, shared by everything on the page, safe where the device keeps nothing. */
export type LocalStore<T> = {
  read: (key: string) => T
  write: (key: string, value: T) => void
  /** As `write`, for what changes many times a second: on the page at once, on the device a moment later, at the latest when the page is left. */
  writeSoon: (key: string, value: T) => void
  drop: (key: string) => void
  subscribe: (listener: () => void) => () => void
  empty: T
}

function stored<T extends object>(name: string, empty: T): T {
  try {
    const text = window.localStorage.getItem(name)
    return text ? { ...empty, ...JSON.parse(text) } : empty
  } catch {
    return empty
  }
}

const SOON_MS = 250

/** A store of objects of one shape; what was kept before the shape grew is completed from `empty`. */
export function createLocalStore<T extends object>(prefix: string, empty: T): LocalStore<T> {
  const values = new Map<string, T>()
  const listeners = new Set<() => void>()
  const tell = () => {
    for (const listener of listeners) listener()
  }
  const keep = (change: (storage: Storage) => void) => {
    try {
      change(window.localStorage)
    } catch {
      // A device that is full or keeps nothing: the value lives as long as the page.
    }
  }
  const waiting = new Map<string, ReturnType<typeof setTimeout>>()
  const forget = (key: string) => {
    clearTimeout(waiting.get(key))
    waiting.delete(key)
  }
  const save = (key: string) => {
    forget(key)
    keep((storage) => storage.setItem(`${prefix}-${key}`, JSON.stringify(values.get(key))))
  }
  const saveAll = () => {
    for (const key of [...waiting.keys()]) save(key)
  }
  const saveSoon = (key: string) => {
    if (waiting.has(key)) return
    window.addEventListener('pagehide', saveAll)
    waiting.set(
      key,
      setTimeout(() => save(key), SOON_MS),
    )
  }
  return {
    empty,
    read: (key) => {
      const known = values.get(key)
      if (known) return known
      const value = stored(`${prefix}-${key}`, empty)
      values.set(key, value)
      return value
    },
    write: (key, value) => {
      values.set(key, value)
      save(key)
      tell()
    },
    writeSoon: (key, value) => {
      values.set(key, value)
      saveSoon(key)
      tell()
    },
    drop: (key) => {
      forget(key)
      values.set(key, empty)
      keep((storage) => storage.removeItem(`${prefix}-${key}`))
      tell()
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
