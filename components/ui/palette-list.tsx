'use client'
import { Command as Cmdk, defaultFilter } from 'cmdk'
import { useTranslations } from 'next-intl'
import { Kbd } from './kbd.tsx'
import { PaletteField, paletteInput } from './palette-field.tsx'
import type { Command } from './shortcuts.tsx'

type Props = {
  text: string
  onText: (text: string) => void
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

/** What one types into and chooses from. */
export function PaletteList({ text, onText, groups, useSearch, onChoose }: Props) {
  const t = useTranslations('common')
  const found = useSearch(text)
  return (
    <Cmdk
      label={t('palette')}
      loop
      filter={(value, search, keywords) => (value.startsWith(FOUND) ? FOUND_SCORE : defaultFilter(value, search, keywords))}
      className="-mx-5 -mb-5 pt-1"
    >
      <PaletteField>
        <Cmdk.Input autoFocus value={text} onValueChange={onText} placeholder={t('palettePlaceholder')} className={paletteInput} />
      </PaletteField>
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
