'use client'
import { Command as Cmdk, defaultFilter } from 'cmdk'
import { Search } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { Kbd } from './kbd.tsx'
import type { Command } from './shortcuts.tsx'

type Props = {
  groups: [string, Command[]][]
  /** Finds more by what is typed. A hook: it is called on every render. */
  useSearch: (text: string) => Command[]
  onChoose: (command: Command) => void
}

/** Found elsewhere by these very words: always shown, below the commands whose names match. */
const FOUND = 'found:'
const FOUND_SCORE = 0.0001

/** In order of first appearance. */
function withFound(groups: [string, Command[]][], found: readonly Command[]): { section: string; commands: Command[]; mark: string }[] {
  const sections = [...new Set(found.map((command) => command.section ?? ''))]
  return [
    ...groups.map(([section, commands]) => ({ section, commands, mark: '' })),
    ...sections.map((section) => ({ section, commands: found.filter((command) => (command.section ?? '') === section), mark: FOUND })),
  ]
}

/** What one types into and chooses from. There from the first: keys typed right after ⌘K belong to it, not to the page. */
export function PaletteList({ groups, useSearch, onChoose }: Props) {
  const t = useTranslations('common')
  const [text, setText] = useState('')
  const found = useSearch(text)
  return (
    <Cmdk
      label={t('palette')}
      loop
      filter={(value, search, keywords) => (value.startsWith(FOUND) ? FOUND_SCORE : defaultFilter(value, search, keywords))}
      className="-mx-5 -mb-5 pt-1"
    >
      <div className="flex items-center gap-2.5 border-b px-5">
        <Search aria-hidden className="size-4 text-ink-3" />
        <Cmdk.Input
          autoFocus
          value={text}
          onValueChange={setText}
          placeholder={t('palettePlaceholder')}
          className="h-11 w-full bg-transparent text-md outline-none"
        />
      </div>
      <Cmdk.List className="max-h-[52dvh] overflow-y-auto p-2">
        <Cmdk.Empty className="px-3 py-6 text-ink-2">{t('nothingFound')}</Cmdk.Empty>
        {withFound(groups, found).map(({ section, commands, mark }) => (
          <Cmdk.Group
            key={`${mark}${section}`}
            heading={section}
            className="[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-ink-3 [&_[cmdk-group-heading]]:text-xs"
          >
            {commands.map((command) => (
              <Cmdk.Item
                key={command.id}
                value={`${mark}${section} ${command.title} ${command.id}`}
                keywords={command.keywords ?? []}
                onSelect={() => onChoose(command)}
                className="flex min-h-9 items-center justify-between gap-4 rounded-md px-3 data-[selected=true]:bg-surface-2"
              >
                <span className="min-w-0 truncate">{command.title}</span>
                {command.keys && <Kbd keys={command.keys} />}
              </Cmdk.Item>
            ))}
          </Cmdk.Group>
        ))}
      </Cmdk.List>
    </Cmdk>
  )
}
