'use client'
import { ChevronsUpDown, Plus } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { beside } from '#components/ui/beside.tsx'
import { classNames } from '#components/ui/class-names.ts'
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '#components/ui/menu.tsx'
import { useMe, useMembership } from './use-me.ts'

const NewProjectDialog = beside(() => import('#components/project/new-project-dialog.tsx').then((module) => module.NewProjectDialog))

/** The first character as a person reads it: one 汉字 or one letter. */
const initialOf = (name: string) => [...name.trim()][0]?.toUpperCase() ?? '?'

/** The project's name; opens the list of projects. */
export function ProjectSwitcher({ collapsed }: { collapsed: boolean }) {
  const t = useTranslations('nav')
  const router = useRouter()
  const me = useMe()
  const membership = useMembership()
  const [isCreating, setIsCreating] = useState(false)
  const name = membership?.project.name ?? t('noProject')
  return (
    <>
      <Menu
        trigger={
          <button
            type="button"
            className={classNames(
              'flex h-9 min-w-0 flex-1 items-center gap-2 rounded-md text-left font-semibold hover:bg-surface-2',
              collapsed ? 'w-10 flex-none justify-center' : 'px-1.5',
            )}
          >
            <span
              aria-hidden
              data-initial={initialOf(name)}
              className="inline-flex size-6 shrink-0 items-center justify-center rounded-md bg-accent font-semibold text-on-accent text-xs before:content-[attr(data-initial)]"
            />
            <span className={collapsed ? 'sr-only' : 'min-w-0 flex-1 truncate'}>{name}</span>
            <span className="sr-only">: {t('switchProject')}</span>
            {!collapsed && <ChevronsUpDown aria-hidden className="size-3.5 shrink-0 text-ink-3" />}
          </button>
        }
      >
        {me.memberships.length > 0 && <MenuLabel>{t('projects')}</MenuLabel>}
        {me.memberships.map(({ project }) => (
          <MenuItem key={project.id} checked={project.id === membership?.project.id} onSelect={() => router.push(`/p/${project.slug}`)}>
            {project.name}
          </MenuItem>
        ))}
        {me.memberships.length > 0 && <MenuSeparator />}
        <MenuItem icon={<Plus />} onSelect={() => setIsCreating(true)}>
          {t('newProject')}
        </MenuItem>
      </Menu>
      {isCreating && <NewProjectDialog open onOpenChange={setIsCreating} />}
    </>
  )
}
