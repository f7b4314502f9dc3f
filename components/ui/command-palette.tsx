'use client'
import { useTranslations } from 'next-intl'
import { useRef, useState, useSyncExternalStore } from 'react'
import { Dialog } from './dialog.tsx'
import { Kbd } from './kbd.tsx'
import { PaletteList } from './palette-list.tsx'
import { type Command, commandStore, useCommands } from './shortcuts.tsx'

const useCurrentCommands = () => useSyncExternalStore(commandStore.subscribe, commandStore.get, commandStore.getServer)

/** Groups in order of first appearance; the page's own actions come first. */
function bySection(commands: readonly Command[], ownSection: string): [string, Command[]][] {
  const groups = new Map<string, Command[]>([[ownSection, []]])
  for (const command of commands) {
    const section = command.section ?? ownSection
    groups.set(section, [...(groups.get(section) ?? []), command])
  }
  return [...groups].filter(([, group]) => group.length > 0)
}

/** ⌘K: every action of the page with its key, every page, and what `useSearch` finds. `?`: the keys alone. Both read what useCommands registered. */
export function CommandPalette({ useSearch }: { useSearch: (text: string) => Command[] }) {
  const t = useTranslations('common')
  const [shown, setShown] = useState<'palette' | 'keys' | null>(null)
  // What the page offered when the palette opened; the open dialog is a layer of its own.
  const [offered, setOffered] = useState<readonly Command[]>([])
  const commands = useCurrentCommands()
  const chosen = useRef<Command | null>(null)
  const open = (what: 'palette' | 'keys') => {
    setOffered(commands)
    setShown(what)
  }
  useCommands(
    [
      { id: 'palette', title: t('palette'), keys: 'mod+k', run: () => (shown ? setShown(null) : open('palette')), hidden: true },
      { id: 'keys', title: t('keys'), keys: '?', run: () => open('keys'), section: t('help') },
    ],
    { everywhere: true },
  )
  const usable = offered.filter((command) => !command.disabled && command.title)
  return (
    <>
      <Dialog
        open={shown === 'palette'}
        onOpenChange={(isOpen) => {
          if (isOpen) return
          setShown(null)
        }}
        title={t('palette')}
        titleHidden
      >
        <PaletteList
          groups={bySection(
            usable.filter((command) => !command.hidden),
            t('thisPage'),
          )}
          useSearch={useSearch}
          onChoose={(command) => {
            chosen.current = command
            setShown(null)
            // After the dialog gave the focus back, so that the command may move it on.
            setTimeout(() => chosen.current?.run(), 0)
          }}
        />
      </Dialog>
      <Dialog open={shown === 'keys'} onOpenChange={(isOpen) => !isOpen && setShown(null)} title={t('keys')} size="lg">
        <KeyList
          groups={bySection(
            usable.filter((command) => command.keys),
            t('thisPage'),
          )}
        />
      </Dialog>
    </>
  )
}

/** What one does, once, with every key that does it: some have a second one for while one types. */
function keysByTitle(commands: readonly Command[]): [string, string[]][] {
  const keys = new Map<string, string[]>()
  for (const command of commands) if (command.keys) keys.set(command.title, [...(keys.get(command.title) ?? []), command.keys])
  return [...keys]
}

function KeyList({ groups }: { groups: [string, Command[]][] }) {
  return (
    <div className="gap-10 sm:columns-2">
      {groups.map(([section, commands]) => (
        <section key={section} className="mb-5 break-inside-avoid">
          <h3 className="mb-1 text-ink-3 text-xs">{section}</h3>
          <dl>
            {keysByTitle(commands).map(([title, keys]) => (
              <div key={title} className="flex min-h-8 items-center justify-between gap-4 border-b last:border-b-0">
                <dt className="min-w-0">{title}</dt>
                <dd className="flex shrink-0 gap-3">
                  {keys.map((combination) => (
                    <Kbd key={combination} keys={combination} />
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  )
}
