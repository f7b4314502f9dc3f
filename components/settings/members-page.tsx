'use client'
import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { UserPlus } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { useMe } from '#components/frame/use-me.ts'
import { Button } from '#components/ui/button.tsx'
import type { Column } from '#components/ui/data-table.tsx'
import { useErrorText } from '#components/ui/error-state.tsx'
import { PagedList } from '#components/ui/paged-list.tsx'
import { RelativeTime } from '#components/ui/relative-time.tsx'
import { Section } from '#components/ui/section.tsx'
import { useCommands } from '#components/ui/shortcuts.tsx'
import { notifyError, notifyUndo } from '#components/ui/toast.tsx'
import { type api, query } from '#lib/client/api.ts'
import { AddMember } from './add-member.tsx'
import { EditMember } from './edit-member.tsx'
import { memberPages } from './list-options.ts'

export type Member = Awaited<ReturnType<typeof api.listMembers>>['items'][number]

/** Who works in the project and as what. */
export function MembersPage() {
  const t = useTranslations('settings')
  const common = useTranslations('common')
  const roleName = useTranslations('roles')
  const errorText = useErrorText()
  const me = useMe()
  const { id: projectId } = useProject()
  const client = useQueryClient()
  const [isAdding, setIsAdding] = useState(false)
  const [edited, setEdited] = useState<Member | null>(null)
  const members = useInfiniteQuery({ ...query.listMembers.infiniteOptions(memberPages(projectId)), placeholderData: keepPreviousData })
  const refresh = () => client.invalidateQueries({ queryKey: query.listMembers.key() })
  const onError = (error: unknown) => {
    const { title, next } = errorText(error)
    notifyError(title, next)
  }
  const restore = useMutation(query.addMember.mutationOptions({ onSettled: refresh, onError }))
  useCommands([{ id: 'add-member', title: t('addMember'), keys: 'n', run: () => setIsAdding(true) }])

  const handleRemoved = (member: Member) => {
    setEdited(null)
    void refresh()
    notifyUndo(t('memberRemoved', { name: member.name || member.email }), common('undo'), () =>
      restore.mutate({ projectId, email: member.email, roles: member.roles }),
    )
  }
  const columns: Column<Member>[] = [
    {
      id: 'name',
      header: t('name'),
      cell: (member) => (
        <span className={member.isDisabled ? 'text-ink-3 line-through' : ''}>
          {member.name || member.email}
          {member.userId === me.id && <span className="ml-2 text-ink-3 text-sm">{t('you')}</span>}
        </span>
      ),
    },
    { id: 'email', header: t('email'), cell: (member) => <span className="text-ink-2">{member.email}</span>, className: 'max-md:hidden' },
    { id: 'roles', header: t('roles'), cell: (member) => member.roles.map((role) => roleName(role)).join(common('comma')) },
    {
      id: 'skills',
      header: t('skills'),
      cell: (member) => <span className="truncate">{member.skills.join(common('comma'))}</span>,
      className: 'max-lg:hidden',
    },
    { id: 'since', header: t('since'), cell: (member) => <RelativeTime at={member.since} className="text-ink-3" />, className: 'w-32 max-sm:hidden' },
  ]
  return (
    <Section
      title={t('memberCount', { count: members.data?.pages[0]?.total ?? 0 })}
      hint={t('membersHint')}
      action={
        <Button variant="primary" icon={<UserPlus className="size-4" />} onClick={() => setIsAdding(true)}>
          {t('addMember')}
        </Button>
      }
    >
      <PagedList
        list={members}
        label={t('members')}
        columns={columns}
        rowKey={(member) => member.userId}
        onOpen={setEdited}
        loadingLabel={common('loading')}
      />
      <AddMember open={isAdding} onOpenChange={setIsAdding} onAdded={refresh} />
      {edited && <EditMember member={edited} onClose={() => setEdited(null)} onSaved={refresh} onRemoved={() => handleRemoved(edited)} />}
    </Section>
  )
}
