'use client'
import type { ReactNode } from 'react'
import { Markdown } from '#components/ui/markdown.tsx'
import type { Message } from '#lib/domain/conversation.ts'

/** A message's text as markdown; what a tool returned is data and stays as it came. */
export const renderContent = (message: Message): ReactNode | null => (message.role === 'tool' ? null : <Markdown>{message.content}</Markdown>)
