'use client'
import { setNonce } from 'get-nonce'
import { createContext, type ReactNode, useContext, useState } from 'react'

const NonceContext = createContext('')

/** The nonce of the document as it was first served: later server renders carry others, which this page's policy does not know. */
export function NonceProvider({ nonce, children }: { nonce: string; children: ReactNode }) {
  const [first] = useState(() => {
    // Radix's scroll lock adds a style element and asks get-nonce for its nonce.
    if (typeof window !== 'undefined') setNonce(nonce)
    return nonce
  })
  return <NonceContext value={first}>{children}</NonceContext>
}

/** For libraries that add style elements, e.g. `EditorView.cspNonce.of(useNonce())`. */
export const useNonce = () => useContext(NonceContext)
