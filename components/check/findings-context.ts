'use client'
import { createContext } from 'react'
import type { Finding } from '#lib/domain/check/finding.ts'

/** What the checks found in the text being written, for parts of the editor that tell their own. */
export const FindingsContext = createContext<readonly Finding[]>([])
