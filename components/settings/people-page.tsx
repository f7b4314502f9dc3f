'use client'
import { keepPreviousData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { UserPlus } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useDeferredValue, useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import type { Column } from '#components/ui/data-table.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { PagedList } from '#components/ui/paged-list.tsx'
import { Section } from '#components/ui/section.tsx'
import { useCommands } from '#components/ui/shortcuts.tsx'
import { Badge, StatePill } from '#components/ui/state-pill.tsx'
import { type api, query } from '#lib/client/api.ts'
import { EditUser } from './edit-user.tsx'
import { userPages } from './list-options.ts'
import { NewUser } from './new-user.tsx'

export type User = Awaited<ReturnType<typeof api.listUsers>>['items'][number]

const SEARCH_ID = 'people-search'

/** All accounts of the instance, for admins. */
export function PeoplePage() {
  const t = useTranslations('settings')
  const common = useTranslations('common')
  const client = useQueryClient()
  const [text, setText] = useState('')
  const [isMaking, setIsMaking] = useState(false)
  const [edited, setEdited] = useState<User | null>(null)
  const users = useInfiniteQuery({ ...query.listUsers.infiniteOptions(userPages(useDeferredValue(text.trim()))), placeholderData: keepPreviousData })
  const refresh = () => client.invalidateQueries({ queryKey: query.listUsers.key() })
  useCommands([
    { id: 'new-user', title: t('newUser'), keys: 'n', run: () => setIsMaking(true) },
    { id: 'search-people', title: t('searchPeople'), keys: '/', run: () => document.getElementById(SEARCH_ID)?.querySelector('input')?.focus() },
  ])
  const columns: Column<User>[] = [
    {
      id: 'name',
      header: t('name'),
      cell: (user) => (
        <>
          <span className={user.disabledAt ? 'text-ink-3' : ''}>{user.name || user.email}</span>
          {user.isAdmin && <Badge className="ml-2">{t('admin')}</Badge>}
        </>
      ),
    },
    { id: 'email', header: t('email'), cell: (user) => <span className="text-ink-2">{user.email}</span>, className: 'max-md:hidden' },
    {
      id: 'projects',
      header: t('projects'),
      cell: (user) => user.memberships.map((membership) => membership.projectName).join(common('comma')) || '–',
      className: 'max-sm:hidden',
    },
    {
      id: 'state',
      header: t('state'),
      cell: (user) => <StatePill tone={user.disabledAt ? 'neutral' : 'approved'}>{t(user.disabledAt ? 'accountClosed' : 'accountOpen')}</StatePill>,
      className: 'w-28',
    },
  ]
  return (
    <Section
      title={t('peopleCount', { count: users.data?.pages[0]?.total ?? 0 })}
      hint={t('peopleHint')}
      action={
        <Button variant="primary" icon={<UserPlus className="size-4" />} onClick={() => setIsMaking(true)}>
          {t('newUser')}
        </Button>
      }
    >
      <div id={SEARCH_ID} className="mb-4 max-w-sm">
        <Field label={t('searchPeople')} labelHidden>
          <Input type="search" placeholder={t('searchPeople')} value={text} onChange={(event) => setText(event.target.value)} />
        </Field>
      </div>
      <PagedList
        list={users}
        label={t('people')}
        columns={columns}
        rowKey={(user) => user.id}
        onOpen={setEdited}
        loadingLabel={common('loading')}
        empty={<EmptyState title={common('nothingFound')} />}
      />
      <NewUser open={isMaking} onOpenChange={setIsMaking} onMade={refresh} />
      {edited && <EditUser user={edited} onClose={() => setEdited(null)} onChanged={refresh} />}
    </Section>
  )
}
