/** Values kept on this device by key: read at once, shared by everything on the page, safe where the device keeps nothing. */
export type LocalStore<T> = {
  read: (key: string) => T
  write: (key: string, value: T) => void
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
      keep((storage) => storage.setItem(`${prefix}-${key}`, JSON.stringify(value)))
      tell()
    },
    drop: (key) => {
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
