'use client'
import { useMutation } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { useMe } from '#components/frame/use-me.ts'
import { Button } from '#components/ui/button.tsx'
import { Dialog } from '#components/ui/dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { query } from '#lib/client/api.ts'
import { commaList } from '#lib/domain/comma-list.ts'
import type { Member } from './members-page.tsx'
import { ResetPassword } from './reset-password.tsx'
import { RoleChoice } from './role-choice.tsx'

type Props = { member: Member; onClose: () => void; onSaved: () => void; onRemoved: () => void }

/** Roles of one member, and leaving the project (which can be undone from the notice). */
export function EditMember({ member, onClose, onSaved, onRemoved }: Props) {
  const t = useTranslations('settings')
  const common = useTranslations('common')
  const { id: projectId } = useProject()
  const me = useMe()
  const [roles, setRoles] = useState(member.roles)
  const [skills, setSkills] = useState(member.skills.join(', '))
  const save = useMutation(
    query.updateMember.mutationOptions({
      onSuccess: () => {
        onSaved()
        onClose()
      },
    }),
  )
  const remove = useMutation(query.removeMember.mutationOptions({ onSuccess: onRemoved }))
  const { userId } = member
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={member.name || member.email}
      description={member.email}
      footer={
        <>
          <Button variant="quiet" className="mr-auto text-rejected" pending={remove.isPending} onClick={() => remove.mutate({ projectId, userId })}>
            {t('removeFromProject')}
          </Button>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button
            variant="primary"
            disabled={roles.length === 0}
            pending={save.isPending}
            onClick={() => save.mutate({ projectId, userId, roles, skills: commaList(skills) })}
          >
            {common('save')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <RoleChoice value={roles} onChange={setRoles} />
        <Field label={t('skills')} hint={t('skillsHint')}>
          <Input value={skills} onChange={(event) => setSkills(event.target.value)} />
        </Field>
        {/* An account may be in other projects, too: its password is an admin's matter. */}
        {me.isAdmin && member.userId !== me.id && <ResetPassword userId={member.userId} />}
        {!me.isAdmin && <p className="text-ink-3 text-sm">{t('passwordByAdmin')}</p>}
        <Problem error={save.error ?? remove.error} />
      </div>
    </Dialog>
  )
}
