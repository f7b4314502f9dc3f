'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { useRef, useState } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { Button } from '#components/ui/button.tsx'
import { Checkbox } from '#components/ui/checkbox.tsx'
import { Dialog } from '#components/ui/dialog.tsx'
import { ErrorState, useErrorText } from '#components/ui/error-state.tsx'
import { Field } from '#components/ui/field.tsx'
import { Textarea } from '#components/ui/input.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { notify, notifyError } from '#components/ui/toast.tsx'
import { api, query } from '#lib/client/api.ts'
import { Bump } from '#lib/domain/guideline.ts'

type Props = { open: boolean; onOpenChange: (open: boolean) => void; draftVersion: number }

const useImpact = (projectId: string) => useQuery(query.previewGuidelineImpact.queryOptions({ input: { projectId }, staleTime: 0 }))

function Impact({ projectId }: { projectId: string }) {
  const t = useTranslations('guideline')
  const impact = useImpact(projectId)
  if (impact.error) return <ErrorState error={impact.error} onRetry={impact.refetch} />
  if (!impact.data) return <SkeletonRows rows={3} label={t('loadingImpact')} />
  return (
    <div className="rounded-md bg-surface-1 p-3 text-sm">
      {impact.data.changes.length === 0 && <p>{t(impact.data.isUnchanged ? 'unchanged' : 'onlyText')}</p>}
      <ul className="max-h-72 overflow-y-auto">
        {impact.data.changes.map(({ slug, kind, conversations, retiredIn }) => (
          <li key={slug}>
            <span className="flex justify-between gap-4">
              <span className="truncate font-mono">{slug}</span>
              <span className="shrink-0 text-ink-3">
                {t(`change.${kind}`)}
                {conversations > 0 && `, ${t('impactOfRule', { count: conversations })}`}
              </span>
            </span>
            {retiredIn && <span className="block text-changes">{t('wasRetired', { slug, version: retiredIn })}</span>}
          </li>
        ))}
      </ul>
      {!impact.data.isUnchanged && <p className="mt-2 font-medium">{t('impact', { count: impact.data.conversations })}</p>}
    </div>
  )
}

/** Chooses the kind of version, after showing what it touches. */
export function PublishDialog({ open, onOpenChange, draftVersion }: Props) {
  const t = useTranslations('guideline')
  const project = useProject()
  const router = useRouter()
  const client = useQueryClient()
  const errorText = useErrorText()
  const [bump, setBump] = useState<Bump>('minor')
  const [note, setNote] = useState('')
  const [isRenewing, setIsRenewing] = useState(true)
  const [isNoteMissing, setIsNoteMissing] = useState(false)
  const noteField = useRef<HTMLTextAreaElement>(null)
  const impact = useImpact(project.id).data
  const touched = impact?.changes.flatMap(({ slug, kind }) => (kind === 'added' ? [] : [slug])) ?? []
  /** Sends what the publication made stale to review again, a part at a time. */
  const renewAll = async () => {
    let renewed = 0
    for (let left = 1; left > 0; ) {
      const answer = await api.renewConversations({ projectId: project.id, rules: touched })
      renewed += answer.renewed
      left = answer.renewed > 0 ? answer.left : 0
    }
    return renewed
  }
  const publish = useMutation(
    query.publishGuideline.mutationOptions({
      onSuccess: async ({ version, staleConversations }) => {
        const isStale = staleConversations > 0
        const told = isStale ? t('staleNow', { count: staleConversations }) : undefined
        try {
          notify(t('published', { version }), isStale && isRenewing ? t('renewed', { count: await renewAll() }) : told)
        } catch (error) {
          // Published it is; what could not be sent stays stale and can be sent from its page.
          notify(t('published', { version }), told)
          notifyError(errorText(error).title, errorText(error).next)
        }
        await client.invalidateQueries()
        router.push(project.path('/guideline'))
      },
    }),
  )
  const tryPublish = () => {
    setIsNoteMissing(note.trim() === '')
    if (note.trim() === '') noteField.current?.focus()
    else publish.mutate({ projectId: project.id, bump, note, draftVersion })
  }
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t('publish')}
      footer={
        <Button variant="primary" pending={publish.isPending} disabled={impact?.isUnchanged} onClick={tryPublish}>
          {impact && !impact.isUnchanged ? t('publishVersion', { version: impact.versions[bump] }) : t('publish')}
        </Button>
      }
    >
      <div className="space-y-4">
        <Impact projectId={project.id} />
        <fieldset className="space-y-2">
          <legend className="mb-1 font-medium text-sm">{t('kindOfVersion')}</legend>
          {Bump.options.map((option) => (
            <label key={option} className="flex items-start gap-2">
              <input type="radio" name="bump" className="mt-1" checked={bump === option} onChange={() => setBump(option)} />
              <span>
                {t(`bump.${option}`)}
                {impact && !impact.isUnchanged && <span className="ml-2 text-ink-3 text-sm tabular-nums">{impact.versions[option]}</span>}
                <span className="block text-ink-3 text-sm">{t(`bumpHint.${option}`)}</span>
              </span>
            </label>
          ))}
        </fieldset>
        {bump === 'major' && (
          <Checkbox label={t('renew')} hint={t('renewHint')} checked={isRenewing} onChange={(event) => setIsRenewing(event.target.checked)} />
        )}
        <Field label={t('note')} hint={t('noteHint')} required error={isNoteMissing && note.trim() === '' ? t('noteMissing') : null}>
          <Textarea ref={noteField} value={note} onChange={(event) => setNote(event.target.value)} />
        </Field>
        <Problem error={publish.error} />
      </div>
    </Dialog>
  )
}
