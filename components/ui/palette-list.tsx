'use client'
import { Command as Cmdk } from 'cmdk'
import { Search } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { Kbd } from './kbd.tsx'
import type { Command } from './shortcuts.tsx'

/** What one types into and chooses from. There from the first: keys typed right after ⌘K belong to it, not to the page. */
export function PaletteList({ groups, onChoose }: { groups: [string, Command[]][]; onChoose: (command: Command) => void }) {
  const t = useTranslations('common')
  return (
    <Cmdk label={t('palette')} loop className="-mx-5 -mb-5 pt-1">
      <div className="flex items-center gap-2.5 border-b px-5">
        <Search aria-hidden className="size-4 text-ink-3" />
        <Cmdk.Input autoFocus placeholder={t('palettePlaceholder')} className="h-11 w-full bg-transparent text-md outline-none" />
      </div>
      <Cmdk.List className="max-h-[52dvh] overflow-y-auto p-2">
        <Cmdk.Empty className="px-3 py-6 text-ink-2">{t('nothingFound')}</Cmdk.Empty>
        {groups.map(([section, commands]) => (
          <Cmdk.Group
            key={section}
            heading={section}
            className="[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-ink-3 [&_[cmdk-group-heading]]:text-xs"
          >
            {commands.map((command) => (
              <Cmdk.Item
                key={command.id}
                value={`${section} ${command.title} ${command.id}`}
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
