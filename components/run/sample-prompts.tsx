'use client'
import { Plus, X } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { type FormEvent, useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { IconButton } from '#components/ui/icon-button.tsx'
import { Input } from '#components/ui/input.tsx'
import type { SamplePrompt } from '#lib/domain/training/config.ts'

type Props = { prompts: readonly SamplePrompt[]; onChange: (prompts: SamplePrompt[]) => void }

const MOST = 20

/** Ids stay free of those there are, so that the same question keeps its row over a whole run. */
const freeId = (prompts: readonly SamplePrompt[]): string => {
  const taken = new Set(prompts.map((prompt) => prompt.id))
  let number = prompts.length + 1
  while (taken.has(`question-${number}`)) number += 1
  return `question-${number}`
}

/** The questions a model is asked again and again while it learns. */
export function SamplePrompts({ prompts, onChange }: Props) {
  const t = useTranslations('runs')
  const [text, setText] = useState('')
  const handleSubmit = (event: FormEvent) => {
    event.preventDefault()
    if (!text.trim()) return
    onChange([...prompts, { id: freeId(prompts), messages: [{ role: 'user', content: text.trim() }] }])
    setText('')
  }
  return (
    <fieldset>
      <legend className="mb-1 font-medium text-sm">{t('samplePrompts')}</legend>
      <p className="mb-2 text-ink-3 text-sm">{t('samplePromptsHint')}</p>
      <ul className="divide-y">
        {prompts.map((prompt) => (
          <li key={prompt.id} className="flex items-start gap-2 py-1.5">
            <span className="line-clamp-2 min-w-0 flex-1 break-words">{prompt.messages.findLast((message) => message.role === 'user')?.content}</span>
            <IconButton label={t('removePrompt')} icon={<X />} onClick={() => onChange(prompts.filter((other) => other.id !== prompt.id))} />
          </li>
        ))}
      </ul>
      <form onSubmit={handleSubmit} className="mt-2 flex gap-2">
        <Input
          aria-label={t('newPrompt')}
          placeholder={t('newPrompt')}
          value={text}
          onChange={(event) => setText(event.target.value)}
          maxLength={20_000}
        />
        <Button type="submit" icon={<Plus className="size-4" />} disabled={!text.trim() || prompts.length >= MOST}>
          {t('addPrompt')}
        </Button>
      </form>
    </fieldset>
  )
}
