/** A function of an object that never changes, worked out once for each. */
export function remember<Key extends object, Value>(work: (key: Key) => Value): (key: Key) => Value {
  const known = new WeakMap<Key, { value: Value }>()
  return (key) => {
    const kept = known.get(key) ?? { value: work(key) }
    known.set(key, kept)
    return kept.value
  }
}
