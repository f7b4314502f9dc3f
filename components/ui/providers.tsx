'use client'
import { QueryClientProvider } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { createQueryClient } from '#lib/client/query-client.ts'
import { NonceProvider } from './nonce.tsx'
import { Toaster } from './toast.tsx'
import { TooltipProvider } from './tooltip.tsx'

/** What every page needs around it: queries, the nonce, tooltips, notices. */
export function Providers({ nonce, children }: { nonce: string; children: ReactNode }) {
  const [client] = useState(createQueryClient)
  return (
    <NonceProvider nonce={nonce}>
      <QueryClientProvider client={client}>
        <TooltipProvider delayDuration={500} skipDelayDuration={200}>
          {children}
          <Toaster />
        </TooltipProvider>
      </QueryClientProvider>
    </NonceProvider>
  )
}
