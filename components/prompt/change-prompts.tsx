'use client'
import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { type FormEvent, useId, useState } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { Button } from '#components/ui/button.tsx'
import { Dialog } from '#components/ui/dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { rowsOf } from '#components/ui/paged-list.tsx'
import { PagedSelect } from '#components/ui/paged-select.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { query } from '#lib/client/api.ts'
import { pages } from '#lib/client/paging.ts'
import { commaList } from '#lib/domain/comma-list.ts'
import { rolesFor } from '#lib/domain/policy.ts'
import type { Prompt } from './prompt-list.tsx'

/** What all of them have, as text; null where they differ. */
function commonOf(prompts: readonly Prompt[], textOf: (prompt: Prompt) => string): string | null {
  const [first, ...others] = prompts.map(textOf)
  return first !== undefined && others.every((other) => other === first) ? first : null
}

const TEXTS = {
  priority: (prompt: Prompt) => String(prompt.priority),
  answersWanted: (prompt: Prompt) => String(prompt.answersWanted),
  skills: (prompt: Prompt) => prompt.skills.join(', '),
  tags: (prompt: Prompt) => prompt.tags.join(', '),
  assigneeId: (prompt: Prompt) => prompt.assignee?.id ?? ANYBODY,
}
type FieldName = keyof typeof TEXTS

const WRITERS = rolesFor('work:claim')
const ANYBODY = 'anybody'
const AS_IS = 'as-is'

type Touched = Partial<Record<FieldName, string>>

/** Only what was touched is sent: the rest stays as it is in each of them, as does what differs and was left empty again. */
function changeOf(touched: Touched, prompts: readonly Prompt[]) {
  const { priority, answersWanted, assigneeId = AS_IS } = touched
  const listOf = (name: 'skills' | 'tags') => {
    const text = touched[name]
    return text === undefined || (text.trim() === '' && commonOf(prompts, TEXTS[name]) === null) ? null : commaList(text)
  }
  const [skills, tags] = [listOf('skills'), listOf('tags')]
  return {
    ...(priority?.trim() && { priority: Number(priority) }),
    ...(answersWanted?.trim() && { answersWanted: Number(answersWanted) }),
    ...(skills && { skills }),
    ...(tags && { tags }),
    ...(assigneeId !== AS_IS && { assigneeId: assigneeId === ANYBODY ? null : assigneeId }),
  }
}

type Props = { prompts: readonly Prompt[]; onClose: () => void; onDone: (count: number) => void }

/** When and to whom the chosen prompts are given. */
export function ChangePrompts({ prompts, onClose, onDone }: Props) {
  const t = useTranslations('queue')
  const common = useTranslations('common')
  const { id: projectId } = useProject()
  const formId = useId()
  const [touched, setTouched] = useState<Touched>({})
  const members = useInfiniteQuery(query.listMembers.infiniteOptions(pages({ projectId })))
  const writers = rowsOf(members).filter(({ roles, isDisabled }) => !isDisabled && roles.some((role) => WRITERS.includes(role)))
  const save = useMutation(query.updatePrompts.mutationOptions({ onSuccess: ({ updated }) => onDone(updated) }))
  const change = changeOf(touched, prompts)
  const isEmpty = Object.keys(change).length === 0
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!isEmpty) save.mutate({ projectId, promptIds: prompts.map(({ id }) => id), ...change })
  }
  const fieldOf = (name: FieldName) => {
    const shared = commonOf(prompts, TEXTS[name])
    return {
      value: touched[name] ?? shared ?? '',
      placeholder: shared === null ? t('various') : '',
      onChange: (event: { target: { value: string } }) => setTouched({ ...touched, [name]: event.target.value }),
    }
  }
  const keptFor = touched.assigneeId ?? commonOf(prompts, TEXTS.assigneeId) ?? AS_IS
  const choices = [
    ...(keptFor === AS_IS || commonOf(prompts, TEXTS.assigneeId) === null ? [{ id: AS_IS, name: t('asIs') }] : []),
    { id: ANYBODY, name: t('anybody') },
    ...writers.map(({ userId, name, email }) => ({ id: userId, name: name || email })),
  ]
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t('changeTitle', { count: prompts.length })}
      description={t('changeHint')}
      footer={
        <>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button type="submit" form={formId} variant="primary" disabled={isEmpty} pending={save.isPending}>
            {common('save')}
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit} className="flex flex-col gap-4">
        <Field label={t('priority')} hint={t('priorityHint')}>
          <Input type="number" min={0} max={1_000_000} step={1} className="max-w-40" {...fieldOf('priority')} />
        </Field>
        <Field label={t('answersWanted')} hint={t('answersWantedHint')}>
          <Input type="number" min={1} max={100} step={1} className="max-w-40" {...fieldOf('answersWanted')} />
        </Field>
        <Field label={t('skills')} hint={t('skillsHint')}>
          <Input {...fieldOf('skills')} />
        </Field>
        <Field label={t('tags')} hint={t('tagsHint')}>
          <Input {...fieldOf('tags')} />
        </Field>
        <PagedSelect
          list={members}
          rows={choices}
          label={t('keptFor')}
          hint={t('keptForHint')}
          value={keptFor}
          textOf={({ name }) => name}
          onChange={(assigneeId) => setTouched({ ...touched, assigneeId })}
        />
        <Problem error={save.error ?? members.error} />
      </form>
    </Dialog>
  )
}
